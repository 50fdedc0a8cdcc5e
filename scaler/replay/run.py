"""Runs beside each other from the first second to the last, whatever the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from scaler.replay.outcome import Outcome
from scaler.replay.policy import Policy
from scaler.replay.seen import Ints, Seen

S = TypeVar("S", bound=Seen)
S_co = TypeVar("S_co", bound=Seen, covariant=True)


@dataclass(frozen=True)
class Lane:
    """One run: which seed's arrivals, and how long an instance takes to start.

    `patience_s`: what waits longer has given up, or is turned away; None for as in the settings.
    """

    seed: int
    startup_s: int
    patience_s: int | None = None


class Runs(Protocol[S_co]):
    """As many runs as there are lanes, all at `now_s` of `seconds`."""

    now_s: int

    @property
    def seconds(self) -> int:
        """How long they last."""

    def order(self, desired: Ints) -> None:
        """Ask for these counts from now on."""

    def advance(self, until_s: int) -> None:
        """Let time pass."""

    def seen(self) -> S_co:
        """What a policy sees now."""

    def outcomes(self) -> list[Outcome]:
        """What came of each lane; to be asked once, at the end."""


def run(runs: Runs[S], policy: Policy[S]) -> list[Outcome]:
    """What came of each lane when the policy decided, from the first second to the last."""
    while runs.now_s < runs.seconds:
        if runs.now_s > 0:
            runs.order(policy.decide(runs.seen()))
        runs.advance(min(runs.now_s + policy.interval_s, runs.seconds))
    return runs.outcomes()
