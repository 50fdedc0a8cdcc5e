"""The jobs that the golden files hold: every kind, every driver, every optional part."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobs.document import (
    ConstraintDoc,
    HeaderDoc,
    LinkDoc,
    PortDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    SecretRef,
    ServiceDoc,
)
from jobs.resources.postgres import PostgresServer, postgres_job
from jobs.resources.redis import RedisServer, redis_job
from jobs.specs import FileServer, Place, release_command_job, run_job, service_job

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
HOST = Place(
    namespace="default",
    region="global",
    driver="raw_exec",
    largest_count=100,
    artifacts_url="http://127.0.0.1:8000/artifacts",
    apps_domain="localhost",
    files=FileServer(command=("/usr/bin/env", "PYTHONPATH=/opt", "python3", "-m", "files")),
)
CONTAINERS = Place(
    namespace="default",
    region="global",
    driver="docker",
    largest_count=1000,
    artifacts_url="https://muster.example.org/artifacts",
    apps_domain="apps.example.org",
    shutdown_delay_s=8,
    files=FileServer(image="nginxinc/nginx-unprivileged:1.28"),
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
OPTIONS: dict[str, Any] = {
    "ports": (PortDoc("metrics", 9100), PortDoc("debug", 9200)),
    "check_interval_s": 10,
    "check_timeout_s": 5,
    "memory_max_mb": 512,
    "disk_mb": 1000,
    "drain_s": 20,
    "kill_signal": "SIGINT",
    "constraints": (
        ConstraintDoc("attr.kernel.name", "=", "linux"),
        ConstraintDoc("attr.nomad.version", "version", ">= 1.0, < 9"),
        ConstraintDoc("node.unique.name", "is_set"),
        ConstraintDoc("node.unique.name", "regexp", "^[a-z0-9]"),
    ),
    "spread": "node.datacenter",
    "restart": RestartDoc(attempts=5, interval_s=600, delay_s=30),
}
SET = replace(WEB, **OPTIONS)
SET_IMAGE = replace(IMAGE, user="1000:1000", **OPTIONS)
SET_USER = replace(WORKER, user="nobody")
SET_COMMAND = replace(API, user="nobody", **OPTIONS | {"drain_s": 2})
TCP = ServiceDoc(
    name="chat",
    kind="private",
    protocol="tcp",
    artifact=SHA,
    archive="zip",
    command=("./serve",),
    port=5000,
    ports=(PortDoc("admin", 5001),),
)
BARE = ServiceDoc(name="worker", kind="worker", image="registry.example.org/shop/worker:1.2")
REPORT = ServiceDoc(
    name="report",
    kind="cron",
    artifact=SHA,
    archive="tar.gz",
    command=("python3", "report.py"),
    schedule="30 2 * * 1-5",
    time_zone="Europe/Berlin",
    time_limit_s=900,
    variables={"DEPTH": "7"},
    secrets={"TOKEN": SecretRef("service", 1)},
    links=(LinkDoc("REDIS_URL", "store", "url"),),
)
NIGHTLY = ServiceDoc(
    name="nightly", kind="cron", image="registry.example.org/shop/nightly:1", schedule="@daily"
)
LEADER = ServiceDoc(
    name="leader",
    kind="singleton",
    artifact=SHA,
    archive="tar.gz",
    command=("python3", "lead.py"),
    variables={"QUEUE": "orders"},
)
SITE = ServiceDoc(
    name="site",
    kind="static",
    artifact=SHA,
    archive="zip",
    port=8080,
    fallback="/index.html",
    redirects=(RedirectDoc("/old/*", "/new/?a=${no}&b={{no}}", 301),),
    headers=(HeaderDoc("/*", "X-Odd", 'a "quoted" ${no} {{no}}'),),
    variables={"NOT": "for a server of files"},
)
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
        "cron": service_job(REPORT, colour="blue", release=7, count=1, **here),
        "cron_image": service_job(NIGHTLY, colour="green", release=8, **there),
        "run": run_job(API, ("python3", "manage.py", "check"), run=5, limit_s=600, **here),
        "singleton": service_job(LEADER, colour="green", release=7, **here),
        "static": service_job(SITE, colour="blue", release=7, **here),
        "static_image": service_job(SITE, colour="blue", release=7, **there),
        "release_command": release_command_job(API, deployment=12, **here),
        "release_command_image": release_command_job(IMAGE, deployment=12, **there),
        "web_options": service_job(SET, colour="blue", release=7, with_slug=True, **here),
        "options_image": service_job(SET_IMAGE, colour="blue", release=7, **there),
        "worker_user": service_job(SET_USER, colour="blue", release=7, **here),
        "command_options": release_command_job(SET_COMMAND, deployment=12, **here),
        "private_tcp": service_job(TCP, colour="green", release=7, with_slug=True, **here),
        "redis": redis_job(STORE, port=15000, server=host, **here),
        "postgres": postgres_job(BOOKS, port=15002, server=programs, **here),
        "postgres_bound": postgres_job(BOOKS, port=15002, server=programs, node="db1", **here),
        "postgres_isolated": postgres_job(BOOKS, port=15002, server=isolated, **here),
        "postgres_image": postgres_job(BOOKS, port=15003, server=image, node="db1", **there),
        "redis_image": redis_job(STORE, port=15001, server=container, **there),
    }
