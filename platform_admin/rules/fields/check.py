from __future__ import annotations

from collections.abc import Callable, Collection

from platform_admin.rules.fields.answers import answer_errors
from platform_admin.rules.fields.clock import clock_errors
from platform_admin.rules.fields.errors import Errors, Found, collected
from platform_admin.rules.fields.identity import identity_errors
from platform_admin.rules.fields.place import place_errors
from platform_admin.rules.fields.reach import reach_errors
from platform_admin.rules.fields.runs import (
    command_errors,
    end_errors,
    source_errors,
    user_errors,
)
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.fields.size import bounds_errors, room_errors, size_errors
from platform_admin.rules.quota import Limits


def service_errors(
    fields: ServiceFields,
    *,
    limits: Limits,
    taken: Collection[str],
    drivers: Collection[str],
    resolves: bool = False,
    inside: str = "",
) -> Errors:
    """What is wrong with a service's fields, sentences by field; empty where nothing is.

    `taken` are the names of the environment's other services and resources, `drivers` those
    that the operator allows, `resolves` whether the cell's programs can look up Consul's names,
    `inside` how the environment's slugs begin. The archive's field is called `artifact`.
    """
    checks: tuple[Callable[[], Found], ...] = (
        lambda: identity_errors(fields, taken),
        lambda: source_errors(fields, drivers),
        lambda: command_errors(fields),
        lambda: user_errors(fields),
        lambda: reach_errors(fields, resolves=resolves, inside=inside),
        lambda: answer_errors(fields),
        lambda: size_errors(fields.cpu_mhz, fields.memory_mb, limits),
        lambda: room_errors(fields, limits),
        lambda: end_errors(fields),
        lambda: clock_errors(fields),
        lambda: place_errors(fields),
        lambda: bounds_errors(fields, limits),
    )
    return collected(pair for check in checks for pair in check())
