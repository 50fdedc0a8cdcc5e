"""What a service is: its name and its kind."""

from __future__ import annotations

from collections.abc import Collection

from platform_admin.rules.fields.errors import Found, either
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.names import part_name_error

WORKER, CRON = "worker", "cron"
SINGLETON, STATIC = "singleton", "static"
KINDS = ("web", "private", WORKER, CRON, SINGLETON, STATIC)


def identity_errors(fields: ServiceFields, taken: Collection[str]) -> Found:
    """What is wrong with the name and the kind."""
    yield "name", name_error(fields.name, taken)
    if fields.kind not in KINDS:
        yield "kind", f"{fields.kind!r} is no kind of service: choose {either(KINDS)}."


def name_error(name: str, taken: Collection[str]) -> str | None:
    """What is wrong with the name of a service or resource in an environment that has `taken`."""
    if name in taken:
        return f"This environment already has something called {name}: choose another name."
    return part_name_error(name)
