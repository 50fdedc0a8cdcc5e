"""Muster's own parts as a table: what the launcher tells of each, and how it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from redis import RedisError

from platform_admin.pages import briefly, heard, part_log
from platform_admin.pages.condition import Condition
from platform_admin.pages.heard import Sign
from platform_admin.pages.part_condition import condition, unknown
from platform_admin.pages.parts import Part, Told, log_of
from platform_admin.pages.words import age

OBSERVER = "observe"


@dataclass(frozen=True)
class Line:
    """A part and how it is."""

    part: Part
    how: Condition

    @property
    def fine(self) -> bool:
        """Whether nobody needs to look at it; what died is not fine before it answers again."""
        first = self.how.look == "starting" and not self.part.restarts
        return first or self.how.look == "healthy"


def lines(told: Told, now: datetime, given: Mapping[int, Sign] | None = None) -> list[Line]:
    """Every part; one query, and a second at most for a Valkey that hangs.

    `given` are the signs of life of its processes, where somebody has asked for them already.
    """
    if told.old(now):
        return [Line(part, unknown(part)) for part in told.parts]
    signs = signs_of(now) if given is None else given
    watched = heard.of_observer(now)
    return [
        line(part, watched if part.name == OBSERVER else signs.get(part.pid or 0), now)
        for part in told.parts
    ]


def wrong(told: Told, lines: Iterable[Line], now: datetime) -> list[Condition]:
    """What somebody should look at; where the launcher is silent, that one alone."""
    if told.old(now):
        what = f"Its last word came {age(told.at, now)}: what dies is not started again."
        return [Condition("The launcher", "failed", "silent", what)]
    return [each.how for each in lines if not each.fine]


def line(part: Part, sign: Sign | None, now: datetime) -> Line:
    """The part; what its log ends with belongs to it where it does not run."""
    ends = part_log.last_line(log_of(part)) if part.again_at is not None else ""
    return Line(part, condition(part, sign, now, ends))


def signs_of(now: datetime) -> dict[int, Sign]:
    """What processes have given of themselves; nothing is known where Valkey is silent."""
    try:
        return heard.of_processes(briefly.connection(), now)
    except RedisError:
        return {}
