"""An environment in which every answer is yes: tests change one fact of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobs.document import LinkDoc, ServiceDoc
from platform_admin.rules.checklist.facts import (
    CommandRan,
    Facts,
    Known,
    OldRelease,
    Policy,
    ResourceFacts,
    ServiceFacts,
    Value,
)
from platform_admin.rules.quota import Use

REDIS = LinkDoc("REDIS_URL", "cache")


def doc(name: str, kind: str = "web", **changes: Any) -> ServiceDoc:
    """A service's document: with a port and a check unless it is a worker, and a link."""
    port = None if kind == "worker" else 8080
    values: dict[str, Any] = {
        "artifact": f"{name:0<64}",
        "archive": "tar.gz",
        "command": ("python3", f"{name}.py"),
        "port": port,
        "health_path": "/health" if port else None,
        "variables": {"VERSION": "1"},
        "links": (REDIS,),
    }
    return ServiceDoc(name=name, kind=kind, **(values | changes))


def service(name: str, kind: str = "web", **changes: Any) -> ServiceFacts:
    """A service that is live as it is drafted; `doc` changes both."""
    made = changes.pop("doc", doc(name, kind))
    slug = f"shop-prod-{name}"
    values: dict[str, Any] = {
        "doc": made,
        "slug": slug,
        "live": made,
        "jobs": (f"{slug}-blue", f"{slug}-green"),
        "addresses": () if kind == "worker" else (f"10.0.0.7:{20000 + sum(map(ord, name))}",),
        "instances": 1,
        "logs_mb": 30,
        "measured": True,
        "policy": Policy(mode="on", queue="orders" if kind == "worker" else ""),
        "at_rest": Use(1, 100, 128),
    }
    return ServiceFacts(**(values | changes))


WEB, API, WORKER = service("web"), service("api", "private"), service("worker", "worker")
CACHE = ResourceFacts("cache", "redis", "shop-prod-cache", 15000, True, True, "10.0.0.9:15000")

GOOD = Facts(
    services=(API, WEB, WORKER),
    resources=(CACHE,),
    values=(Value("", "VERSION", "1"),),
    secrets=1,
    private="10.0.0.5:8081",
    observed=Known("fresh", "Last seen 3 s ago."),
    sampled=Known("fresh", "Last measured 4 s ago."),
    live_release=3,
    older=(OldRelease(2, archives=3),),
    limits=Use(20, 4000, 4096),
    taken=Use(4, 400, 448),
)


def with_web(**changes: Any) -> Facts:
    """The environment with these facts of its web service."""
    return replace(GOOD, services=(API, replace(WEB, **changes), WORKER))


def drafted(**changes: Any) -> Facts:
    """The environment with these fields of its web service, drafted and live."""
    made = replace(WEB.doc, **changes)
    return with_web(doc=made, live=made)


def with_value(
    value: str, name: str = "GREETING", owner: str = "web", *, of_app: bool = False
) -> Facts:
    """The environment with one plain variable more."""
    return replace(GOOD, values=(*GOOD.values, Value(owner, name, value, of_app)))


def ran(**changes: Any) -> CommandRan:
    """A release command of api that succeeded in staging, with the program that api has."""
    values: dict[str, Any] = {
        "service": "api",
        "command": ("python3", "migrate.py"),
        "source": f"{'api':0<64}",
        "environment": "staging",
        "deployment": 7,
    }
    return CommandRan(**(values | changes))
