"""How large an instance is, and how many there may be."""

from __future__ import annotations

from platform_admin.rules.fields.errors import Found, between
from platform_admin.rules.fields.identity import CRON, SINGLETON
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.quota import Limits

SMALLEST_CPU_MHZ = 10
SMALLEST_MEMORY_MB = 10
SMALLEST_DISK_MB = 64
"""Both of a task's logs fit into it; Nomad refuses less."""
LARGEST_DISK_MB = 1024 * 1024


def size_errors(cpu_mhz: int, memory_mb: int, limits: Limits) -> Found:
    """What is wrong with the size of one instance, for `cpu_mhz` and `memory_mb`."""
    yield "cpu_mhz", _size(cpu_mhz, SMALLEST_CPU_MHZ, limits.cpu_mhz, "MHz of CPU")
    yield "memory_mb", _size(memory_mb, SMALLEST_MEMORY_MB, limits.memory_mb, "MB of memory")


def room_errors(fields: ServiceFields, limits: Limits) -> Found:
    """What is wrong with the memory that an instance may borrow, and with its disk."""
    if fields.memory_max_mb is not None:
        yield "memory_max_mb", _memory_max(fields.memory_max_mb, fields.memory_mb, limits)
    if fields.disk_mb is not None:
        yield "disk_mb", between(fields.disk_mb, SMALLEST_DISK_MB, LARGEST_DISK_MB, " MB")


def _memory_max(found: int, memory_mb: int, limits: Limits) -> str | None:
    if found < memory_mb:
        return (
            f"{found} MB is less than the {memory_mb} MB that an instance has anyway: use more, or"
            " leave it empty."
        )
    return _size(found, SMALLEST_MEMORY_MB, limits.memory_mb, "MB of memory")


def bounds_errors(fields: ServiceFields, limits: Limits) -> Found:
    """What is wrong with the fewest and the most instances."""
    if fields.kind == CRON:
        yield "maximum", _alone(fields)
    if fields.kind == SINGLETON and (fields.minimum, fields.maximum) != (1, 1):
        said = "A singleton runs exactly once: leave this at 1, and suspend it to have none."
        yield ("minimum" if fields.minimum != 1 else "maximum"), said
        return
    yield "minimum", _minimum(fields)
    yield "maximum", _maximum(fields.maximum, limits.instances)


def _alone(fields: ServiceFields) -> str | None:
    if (fields.minimum, fields.maximum) == (1, 1):
        return None
    return f"A cron's runs never overlap, {fields.maximum} were given: use 1 and 1."


def _minimum(fields: ServiceFields) -> str | None:
    if fields.minimum < 0:
        return f"{fields.minimum} is less than nothing: use 0 or more."
    if fields.minimum > fields.maximum >= 1:
        return (
            f"At least {fields.minimum} is above at most {fields.maximum}: lower the one or"
            " raise the other."
        )
    return None


def _maximum(maximum: int, quota: int) -> str | None:
    if maximum < 1:
        return f"{maximum} leaves no instance at all: use 1 or more."
    if maximum > quota:
        return (
            f"{maximum} is more than the team's quota of {quota} instances: use fewer, or ask an"
            " operator for a larger quota."
        )
    return None


def _size(found: int, smallest: int, quota: int, unit: str) -> str | None:
    if found < smallest:
        return f"{found} {unit} is too small for an instance: use {smallest} or more."
    if found > quota:
        return (
            f"One instance of {found} {unit} is more than the team's quota of {quota}:"
            " use less, or ask an operator for a larger quota."
        )
    return None
