"""How a part of Muster is, in words, from what the launcher and the part itself have told."""

from __future__ import annotations

from datetime import datetime, timedelta

from platform_admin.pages.condition import Condition
from platform_admin.pages.heard import Sign
from platform_admin.pages.parts import Part
from platform_admin.pages.words import age, count, duration

LATELY = timedelta(minutes=5)
MANY = 3
STARTS_WITHIN = timedelta(seconds=60)
NOT_ENDED = "It is not restarted, because it may be slow only"


def condition(part: Part, sign: Sign | None, now: datetime, last_line: str = "") -> Condition:
    """Down, frozen, silent, dying again and again, starting, or running: the worst that holds.

    `sign` is what was heard of the process itself, `last_line` ends the log of one that died.
    """
    if part.again_at is not None:
        return _down(part, now, last_line)
    if part.stopped_since is not None:
        return _stopped(part, now)
    if part.silent_since is not None and (part.answers or now - part.since > STARTS_WITHIN):
        return _silent(part, f"It has not answered for {_for(part.silent_since, now)}")
    if sign is not None and sign.late and now - part.since > STARTS_WITHIN:
        return _silent(part, f"It gave its last sign of life {age(sign.at, now)}")
    if part.answers is False:
        return Condition(part.name, "starting", "starting", "It has not answered yet.")
    if (died := lately(part, now)) >= MANY:
        what = f"Runs again, after it {_died(died)}."
        return Condition(part.name, "degraded", "unsteady", what)
    return Condition(part.name, "healthy", "running", "")


def lately(part: Part, now: datetime) -> int:
    """How many times it died in the last five minutes."""
    return sum(now - at <= LATELY for at in part.deaths)


def unknown(part: Part) -> Condition:
    """A part of which nobody tells any more."""
    return Condition(part.name, "off", "unknown", "The launcher is silent.")


def _down(part: Part, now: datetime, last_line: str) -> Condition:
    assert part.again_at is not None, "it waits"
    left = (part.again_at - now).total_seconds()
    again = f"starts again in {duration(left)}" if left > 0 else "starts again now"
    ends = f" Its log ends with: {last_line}" if last_line else ""
    died = lately(part, now)
    if died >= MANY:
        what = f"It {_died(died)} and {again}.{ends}"
        return Condition(part.name, "failed", "keeps dying", what)
    return Condition(part.name, "degraded", "down", f"It {part.ended} and {again}.{ends}")


def _died(times: int) -> str:
    return f"died {count(times, 'time')} in the last {LATELY.seconds // 60} min"


def _stopped(part: Part, now: datetime) -> Condition:
    assert part.stopped_since is not None, "it is frozen"
    what = f"Its process has been frozen for {_for(part.stopped_since, now)}, as by SIGSTOP"
    act = f"kill -CONT {part.pid} wakes it."
    return Condition(part.name, "failed", "frozen", f"{what}: {act}")


def _for(since: datetime, now: datetime) -> str:
    return age(since, now).removesuffix(" ago")


def _silent(part: Part, what: str) -> Condition:
    act = f"{NOT_ENDED}: read its log. kill -9 {part.pid} starts it anew."
    return Condition(part.name, "failed", "silent", f"{what}. {act}")
