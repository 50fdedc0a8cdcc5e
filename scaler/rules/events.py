"""A decision about one service as a row that can be stored, and run again from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scaler.rules.arrays import Numbers
from scaler.rules.decide import Decision
from scaler.rules.steps import STEPS, walked

METRIC_IS = "metric_is_"
"""With a metric's kind behind it: the number, 1.0, that says what an event's one metric was."""


@dataclass(frozen=True)
class Event:
    """What happened to one service in one evaluation.

    `at` seconds; `counts` after each of STEPS; `numbers` what the steps used, without those that
    were NaN. `metrics` are the names of the policy's metrics, for the words.
    """

    at: float
    counts: tuple[int, ...]
    numbers: Mapping[str, float]
    metrics: tuple[str, ...] = ()

    def after(self, step: str) -> int:
        """The count after a step; KeyError for a step that is none."""
        return dict(zip(STEPS, self.counts, strict=True))[step]

    def before(self, step: str) -> int:
        """The count before a step."""
        return self.counts[max(STEPS.index(step) - 1, 0)]

    def number(self, name: str, otherwise: float = 0.0) -> float:
        """A number that a step used, `otherwise` where there was none."""
        return self.numbers.get(name, otherwise)

    @property
    def start(self) -> int:
        """The count before the decision."""
        return self.counts[0]

    @property
    def end(self) -> int:
        """The count that was decided."""
        return self.counts[-1]


def event(decision: Decision, service: int, at: float, metrics: Sequence[str] = ()) -> Event:
    """What was decided of the service at this place."""
    figures = {name: float(column[service]) for name, column in decision.numbers.items()}
    return Event(
        at=at,
        counts=tuple(int(count) for count in decision.counts[service]),
        numbers={name: figure for name, figure in figures.items() if np.isfinite(figure)},
        metrics=tuple(metrics),
    )


def to_row(event: Event) -> dict[str, Any]:
    """The event as JSON holds it: steps by name, so that later steps do not shift them."""
    return {
        "at": event.at,
        "counts": dict(zip(STEPS, event.counts, strict=True)),
        "numbers": dict(event.numbers),
        "metrics": list(event.metrics),
    }


def from_row(row: Mapping[str, Any]) -> Event:
    """The event of such a row; a step that the row does not know moved nothing."""
    counts: list[int] = []
    for step in STEPS:
        counts.append(int(row["counts"].get(step, counts[-1] if counts else 0)))
    return Event(
        at=float(row["at"]),
        counts=tuple(counts),
        numbers={name: float(figure) for name, figure in row["numbers"].items()},
        metrics=tuple(row.get("metrics", ())),
    )


def replayed(event: Event) -> tuple[int, ...]:
    """The counts that the steps give for the event's numbers alone: its own, if they agree."""
    numbers = _Columns({name: np.array([figure]) for name, figure in event.numbers.items()})
    counts = walked(numbers, STEPS, np.array([np.nan]))
    return tuple(int(count[0]) for count in counts)


class _Columns(Numbers):
    """Arrays of length one; a number that was not stored is NaN."""

    def __missing__(self, name: str) -> object:
        return np.array([np.nan])
