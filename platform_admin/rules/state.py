from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Word = Literal[
    "healthy", "starting", "draining", "degraded", "failed", "asleep", "suspended", "off", "draft"
]


@dataclass(frozen=True)
class State:
    """A state's word with its shape: never colour alone."""

    word: Word
    shape: str


HEALTHY = State("healthy", "●")
STARTING = State("starting", "◐")
DRAINING = State("draining", "◐")
DEGRADED = State("degraded", "▲")
FAILED = State("failed", "■")
ASLEEP = State("asleep", "○")
SUSPENDED = State("suspended", "○")
OFF = State("off", "○")
DRAFT = State("draft", "◇")

WORST_FIRST = (FAILED, DEGRADED, STARTING, DRAINING, DRAFT, HEALTHY, ASLEEP, SUSPENDED, OFF)


@dataclass(frozen=True)
class Counts:
    """How many instances are wanted, and what was observed of them."""

    desired: int
    healthy: int = 0
    starting: int = 0
    draining: int = 0


def service_state(
    counts: Counts,
    *,
    live: bool,
    rolling: bool = False,
    last_failed: bool = False,
    settling: bool = False,
    follows: bool = False,
    late: bool = False,
    suspended: bool = False,
) -> State:
    """The state of a service or resource.

    `live`: a release of it is live. `rolling`: a deployment works on it. `last_failed`: its last
    deployment failed. `settling`: its count or an instance of it changed less than its start-up
    limit ago, so what is missing may still come. `follows`: its count follows its load, so that
    none is wanted for now alone. `late`: it answers later than its target. `suspended`: none may
    run until somebody resumes it.
    """
    if not live:
        return _never_live(rolling, last_failed)
    if counts.desired == 0:
        return DRAINING if counts.draining else _at_0(follows, suspended)
    if counts.healthy >= counts.desired:
        return DEGRADED if late else HEALTHY
    if settling or rolling:
        return STARTING
    return DEGRADED if counts.healthy else FAILED


def cron_state(
    *,
    live: bool,
    on: bool,
    rolling: bool = False,
    last_failed: bool = False,
    last_run_bad: bool = False,
    gone: bool = False,
) -> State:
    """The state of a cron, which has no instances of its own.

    `on`: its clock is. `last_run_bad`: the last run that ended did not succeed. `gone`: its job is
    not in Nomad, so that nothing starts. The others as of a service.
    """
    if not live:
        return _never_live(rolling, last_failed)
    if not on:
        return OFF
    if gone:
        return FAILED
    return DEGRADED if last_run_bad else HEALTHY


def worst(states: Iterable[State]) -> State:
    """The one that a person must see first; "draft" for none at all."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), DRAFT)


def _at_0(follows: bool, suspended: bool) -> State:
    if suspended:
        return SUSPENDED
    return ASLEEP if follows else OFF


def _never_live(rolling: bool, last_failed: bool) -> State:
    if rolling:
        return STARTING
    return FAILED if last_failed else DRAFT
