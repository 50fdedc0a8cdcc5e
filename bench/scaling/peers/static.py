"""The same count all the time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.scaling.entry import Entry, Facts, Family, Setting, column, grid
from scaler.replay.seen import Floats, Ints, Seen

INTERVAL_S = 60


class Static:
    """A count that somebody chose by the peak."""

    interval_s = INTERVAL_S

    def __init__(self, counts: Floats) -> None:
        """The count of each lane."""
        self._counts = np.maximum(np.ceil(counts - 1e-9), 1).astype(np.int64)

    def decide(self, _: Seen) -> Ints:
        """The count of each lane."""
        return self._counts


def _make(settings: Sequence[Setting], facts: Facts) -> Static:
    return Static(column(settings, "of_peak") * facts.peak)


_FAMILY = Family(
    {"of_peak": 1.25},
    grid(of_peak=tuple(round(0.05 * step, 2) for step in range(1, 25))),
    _make,
)

STATIC = Entry("static", "Static, by the peak", {"web": _FAMILY, "worker": _FAMILY})
