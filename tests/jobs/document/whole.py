"""One draft in which every field that a file may have is set."""

from __future__ import annotations

from datetime import date, time

from jobs.document import (
    ConstraintDoc,
    Document,
    DomainDoc,
    HeaderDoc,
    LinkDoc,
    PathDoc,
    PortDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    SecretRef,
    ServiceDoc,
)
from jobs.document.file import FileDoc, ScalingDoc
from platform_admin.rules.policy import PolicyFields
from scaler.rules.windows import Window

SHA256 = "ab" * 32

SERVICES = (
    ServiceDoc(
        name="web",
        kind="web",
        artifact=SHA256,
        archive="tar.gz",
        command=("python3", "web.py"),
        release_command=("python3", "migrate.py"),
        port=8080,
        health_path="/health",
        protocol="http",
        ports=(PortDoc("metrics", 9100),),
        check_interval_s=5,
        check_timeout_s=2,
        user="nobody",
        memory_max_mb=512,
        disk_mb=400,
        drain_s=9,
        kill_signal="SIGINT",
        constraints=(ConstraintDoc("node.class", "!=", "small"),),
        spread="node.datacenter",
        restart=RestartDoc(2, 60, 5),
        variables={"VERSION": "1"},
        secrets={"KEY": SecretRef("service", 1)},
        links=(LinkDoc("DATABASE_URL", "books", "url", "reports"), LinkDoc("API_URL", "api")),
    ),
    ServiceDoc(name="api", kind="private", image="shop/api:1", port=5000, protocol="tcp"),
    ServiceDoc(name="work", kind="worker", image="shop/work:1"),
    ServiceDoc(
        name="night",
        kind="cron",
        image="shop/night:1",
        schedule="@daily",
        time_zone="Europe/Berlin",
        time_limit_s=60,
    ),
    ServiceDoc(name="lead", kind="singleton", image="shop/lead:1"),
    ServiceDoc(
        name="site",
        kind="static",
        artifact=SHA256,
        archive="zip",
        port=8080,
        fallback="/index.html",
        redirects=(RedirectDoc("/old/*", "/new", 301),),
        headers=(HeaderDoc("/*", "X-Frame-Options", "DENY"),),
    ),
)
RESOURCES = (
    ResourceDoc(name="store", kind="redis"),
    ResourceDoc(name="books", kind="postgres", version="18", max_connections=60),
    ResourceDoc(name="old", kind="postgres", external=True),
)
DOMAINS = (
    DomainDoc("shop.example.org", service="web", paths=(PathDoc("/api", "api", strips=True),)),
    DomainDoc("www.example.org", redirect_to="shop.example.org", permanent=False),
)
WINDOWS = (
    Window("Weekdays", days=(0, 4), start=time(8), end=time(18, 30), least=2, most=5),
    Window("Christmas", first=date(2026, 12, 24), last=date(2026, 12, 26), least=4),
)
POLICY = PolicyFields(
    mode="on",
    strategy="fixed",
    late_price=0.5,
    latency_ms=200,
    guard_s=5,
    recovery_s=40,
    queue="orders",
    drain_s=30,
    jobs_per_worker=2.5,
    metric="rate",
    metric_target=10.5,
    tolerance=0.2,
    up_percent=None,
    up_instances=None,
    down_percent=10,
    down_instances=1,
    unknown="floor",
    floor=1,
    time_zone="Europe/Berlin",
    windows=WINDOWS,
)
WHOLE = FileDoc(
    Document("shop", "production", SERVICES, RESOURCES, DOMAINS),
    variables={"GREETING": "Good morning"},
    secrets={"TOKEN": SecretRef("environment", 2)},
    scaling={"web": ScalingDoc(1, 5, POLICY)},
)
