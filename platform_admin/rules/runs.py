from __future__ import annotations

import shlex
from datetime import datetime

from platform_admin.rules.cron import CronError, read, zone_of
from platform_admin.rules.fields import Errors, collected, command_error

SHORTEST_S, LONGEST_S = 1, 24 * 3600
DEFAULT_LIMIT_S = 3600
"""Also of a cron whose form leaves its time limit empty."""


def command_errors(command: str, limit_s: int) -> Errors:
    """What is wrong with a command that is to run once, sentences by field."""
    return collected(
        [
            ("command", _missing(command) or command_error(command)),
            ("limit_s", limit_error(limit_s)),
        ]
    )


def limit_error(limit_s: int) -> str | None:
    """What is wrong with a time limit, as a sentence; None where nothing is."""
    if SHORTEST_S <= limit_s <= LONGEST_S:
        return None
    return f"{limit_s} s is out of range: use a number from {SHORTEST_S} to {LONGEST_S} s."


def runs_at(schedule: str, time_zone: str, moment: datetime) -> bool:
    """Whether this is one of the moments at which the schedule starts a run."""
    if moment.second or moment.microsecond:
        return False
    try:
        cron, zone = read(schedule), zone_of(time_zone)
    except (CronError, KeyError):
        return False
    local = moment.astimezone(zone)
    return cron.on(local.date()) and local.time().replace(tzinfo=None) in set(cron.times())


def on_one_line(argv: tuple[str, ...]) -> str:
    """A command as one types it."""
    return shlex.join(argv)


def _missing(command: str) -> str | None:
    return None if command.strip() else "A command is needed, such as python3 manage.py check."
