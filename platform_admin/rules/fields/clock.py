"""When a cron runs, and for how long at most."""

from __future__ import annotations

from platform_admin.rules.cron import schedule_error, zone_error
from platform_admin.rules.fields.errors import Found, between
from platform_admin.rules.fields.identity import CRON
from platform_admin.rules.fields.service import ServiceFields

LONGEST_RUN_S = 24 * 3600
SCHEDULE_LENGTH = 100


def clock_errors(fields: ServiceFields) -> Found:
    """What is wrong with what only a cron has."""
    if fields.kind != CRON:
        return
    yield "schedule", _schedule(fields.schedule)
    yield "time_zone", zone_error(fields.time_zone)
    if fields.time_limit_s is not None:
        yield "time_limit_s", between(fields.time_limit_s, 1, LONGEST_RUN_S, " s")


def _schedule(text: str) -> str | None:
    if len(text) > SCHEDULE_LENGTH:
        return f"The schedule has {len(text)} characters: shorten it to {SCHEDULE_LENGTH} or fewer."
    return schedule_error(text)
