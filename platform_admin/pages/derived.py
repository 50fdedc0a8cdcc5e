"""What pages show of what was measured: the series of samples, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from platform_admin.pages.buckets import How
from scaler.rules.arrays import Floats
from scaler.samples.series import SERIES

Series = Callable[[Callable[[str], Floats]], Floats]


@dataclass(frozen=True)
class Shown:
    """A series that pages show: how it is made of samples, and what stands for a bucket of it.

    `of` names the sample whose presence says that the reading was made at all, `age` its age.
    """

    made: Series
    how: How
    of: str
    age: str


def _edge(made: Series, how: How) -> Shown:
    return Shown(made, how, "rate", "edge_age_s")


def _queue(made: Series, how: How) -> Shown:
    return Shown(made, how, "waiting", "queue_age_s")


def _done(sample: Callable[[str], Floats]) -> Floats:
    """Jobs a minute: those that are worked on, through the time that one takes."""
    busy, each = sample("busy"), sample("service_s")
    known = (busy > 0) & (each > 0)
    return np.where(busy == 0, 0.0, np.where(known, 60 * busy / np.where(known, each, 1), np.nan))


def _lost(sample: Callable[[str], Floats]) -> Floats:
    """Requests a second that found no instance, or were turned away."""
    return _or_none(sample("fallback")) + _or_none(sample("refused"))


SHOWN: Mapping[str, Shown] = {
    "instances": Shown(lambda sample: sample("healthy"), "last", "healthy", "ready_age_s"),
    "requests": _edge(lambda sample: sample("rate") + _lost(sample), "mean"),
    "errors": _edge(lambda sample: sample("errors") + _lost(sample), "mean"),
    "refused": _edge(lambda sample: sample("refused"), "mean"),
    "in_flight": _edge(lambda sample: sample("concurrency"), "mean"),
    "p95": _edge(lambda sample: sample("p95_s"), "most"),
    "oldest": _queue(lambda sample: sample("oldest_s"), "most"),
    "waiting": _queue(lambda sample: sample("waiting"), "mean"),
    "work": _queue(lambda sample: sample("waiting") + sample("busy"), "mean"),
    "done": _queue(_done, "mean"),
}
"""Requests and errors a second, those that no instance answered among both, and of these what the
guard turned away; requests that were worked on at once; p95 and the oldest job's wait in seconds;
jobs that wait, those and the ones worked on, and jobs done a minute."""


def derived(table: Floats) -> dict[str, Floats]:
    """The shown series of a table of samples (SERIES, ...), each of its other dimensions."""

    def sample(name: str) -> Floats:
        found: Floats = table[SERIES.index(name)]
        return found

    return {name: shown.made(sample) for name, shown in SHOWN.items()}


def latest(at: Floats, table: Floats) -> tuple[dict[str, float], dict[str, float]]:
    """The value of each shown series of one service, and the time that its reading is of.

    `table` is (SERIES, k). Both NaN where no reading was made; a reading may leave a value open.
    """
    made = derived(table)
    values, moments = dict.fromkeys(SHOWN, np.nan), dict.fromkeys(SHOWN, np.nan)
    for name, shown in SHOWN.items():
        known = np.flatnonzero(~np.isnan(table[SERIES.index(shown.of)]))
        if known.size:
            place = known[-1]
            age = np.nan_to_num(table[SERIES.index(shown.age), place])
            values[name], moments[name] = float(made[name][place]), float(at[place] - age)
    return values, moments


def _or_none(values: Floats) -> Floats:
    return np.nan_to_num(values)
