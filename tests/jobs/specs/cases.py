"""The jobs that the golden files hold: every kind, every driver, every optional part."""

from __future__ import annotations

from typing import Any

from jobs.document import LinkDoc, ResourceDoc, SecretRef, ServiceDoc
from jobs.resources.postgres import PostgresServer, postgres_job
from jobs.resources.redis import RedisServer, redis_job
from jobs.specs import Place, release_command_job, service_job

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HOST = Place(
    namespace="default",
    region="global",
    driver="raw_exec",
    largest_count=100,
    artifacts_url="http://127.0.0.1:8000/artifacts",
    apps_domain="localhost",
)
CONTAINERS = Place(
    namespace="default",
    region="global",
    driver="docker",
    largest_count=1000,
    artifacts_url="https://muster.example.org/artifacts",
    apps_domain="apps.example.org",
    shutdown_delay_s=8,
)

WEB = ServiceDoc(
    name="web",
    kind="web",
    artifact=SHA,
    archive="tar.gz",
    command=("python3", "-m", "gunicorn", "web:app"),
    port=8080,
    health_path="/health?full=${no}",
    cpu_mhz=200,
    memory_mb=256,
    variables={"VERSION": "1", "GREETING": "Good morning"},
    secrets={"SIGNING_KEY": SecretRef("service", 3)},
    links=(LinkDoc("REDIS_URL", "store", "url"), LinkDoc("API_URL", "api", "url")),
)
API = ServiceDoc(
    name="api",
    kind="private",
    artifact=SHA,
    archive="zip",
    command=("./serve", "--log", "${HOME:-x} %{Y} $$ $${a} 100%"),
    release_command=("python3", "migrate.py"),
    port=8081,
    kill_timeout_s=600,
    links=(LinkDoc("REDIS_URL", "store", "url"),),
)
WORKER = ServiceDoc(
    name="worker",
    kind="worker",
    artifact=SHA,
    archive="tar.gz",
    command=("python3", "work.py"),
    kill_timeout_s=1800,
    variables={"QUEUE": "orders"},
)
IMAGE = ServiceDoc(
    name="web",
    kind="web",
    image="registry.example.org/shop/web:1.2",
    command=("serve", "--workers", "2"),
    release_command=("migrate",),
    port=8000,
    health_path="/health",
)
BARE = ServiceDoc(name="worker", kind="worker", image="registry.example.org/shop/worker:1.2")
STORE = ResourceDoc(name="store", kind="redis")
BOOKS = ResourceDoc("books", "postgres", memory_mb=256, version="18", max_connections=60)


def jobs() -> dict[str, dict[str, Any]]:
    """Each job by the name of its golden file."""
    shop: dict[str, Any] = {"app": "shop", "environment": "production"}
    here: dict[str, Any] = {**shop, "place": HOST}
    there: dict[str, Any] = {**shop, "place": CONTAINERS}
    host = RedisServer("raw_exec", command="/usr/bin/valkey-server")
    container = RedisServer("docker", image="docker.io/valkey/valkey:9")
    programs = PostgresServer("raw_exec", programs="/usr/lib/postgresql/18/bin", folder="/srv/data")
    isolated = PostgresServer("exec", programs="/usr/lib/postgresql/18/bin", volume="databases")
    image = PostgresServer("docker", image="postgres:18", volume="databases")
    return {
        "web": service_job(WEB, colour="blue", release=7, count=2, **here),
        "web_with_slug": service_job(WEB, colour="blue", release=7, with_slug=True, **here),
        "private": service_job(API, colour="green", release=7, **here),
        "worker": service_job(WORKER, colour="green", release=7, **here),
        "web_image": service_job(IMAGE, colour="green", release=8, **there),
        "worker_image": service_job(BARE, colour="blue", release=8, **there),
        "release_command": release_command_job(API, deployment=12, **here),
        "release_command_image": release_command_job(IMAGE, deployment=12, **there),
        "redis": redis_job(STORE, port=15000, server=host, **here),
        "postgres": postgres_job(BOOKS, port=15002, server=programs, **here),
        "postgres_bound": postgres_job(BOOKS, port=15002, server=programs, node="db1", **here),
        "postgres_isolated": postgres_job(BOOKS, port=15002, server=isolated, **here),
        "postgres_image": postgres_job(BOOKS, port=15003, server=image, node="db1", **there),
        "redis_image": redis_job(STORE, port=15001, server=container, **there),
    }
