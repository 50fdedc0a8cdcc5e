"""What may be broken in the example on purpose, for how long, and what counts as its doing. Pure.

It is the example's alone, as traffic is: rules/traffic.py says which app that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

MOST_AN_HOUR = 30
# The other one answers meanwhile.
FEWEST_HEALTHY = 2


class Kind(StrEnum):
    """What is done to the example, or to the platform below it."""

    STOP = "stop"
    KILL = "kill"
    CUT = "cut"
    SILENCE = "silence"


OF_AN_INSTANCE = frozenset({Kind.STOP, Kind.KILL})
# What a press is called in the audit.
VERBS = {
    Kind.STOP: "stop an instance",
    Kind.KILL: "kill an instance",
    Kind.CUT: "cut off nomad",
    Kind.SILENCE: "silence the metrics",
}
# For so long at most it goes on, and no second one is begun. Those of an instance end when the
# other one is healthy.
LASTS_S = {Kind.STOP: 60, Kind.KILL: 60, Kind.CUT: 20, Kind.SILENCE: 60}
# Who was being answered by a process that is killed learns of it at once; the edge may send it
# a request until it has left Consul.
KILL_S = 5.0

Failures = Iterable[tuple[float, int]]
"""When answers failed, in seconds since 1970, and how many did then."""


def ends(kind: str, at: datetime) -> datetime:
    """When it is over at the latest."""
    return at + timedelta(seconds=LASTS_S[Kind(kind)])


def failed_in(kind: str, at: datetime, over: datetime, failures: Failures, slot_s: float) -> int:
    """How many failures fall into it. Each time is the start of a slot of `slot_s` seconds.

    A kill counts for KILL_S after it: what fails later had another cause.
    """
    last = at + timedelta(seconds=KILL_S) if kind == Kind.KILL else over
    first_s, last_s = at.timestamp() - slot_s, last.timestamp()
    return sum(count for when, count in failures if first_s < when <= last_s)
