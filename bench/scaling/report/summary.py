"""Many rows in few figures: over seeds, over traces, and who wins where."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.scaling.policies import POLICIES
from bench.scaling.row import Row

CLEAN_LATE_SHARE = 0.01


@dataclass(frozen=True)
class Line:
    """A policy on a trace at one start-up time: means over the seeds, and how far they spread.

    `low` and `high` are the least and the largest ratio of a seed.
    """

    first: Row
    ratio: float
    low: float
    high: float
    ratios: tuple[float, ...]
    ratio_over_rates: float
    hours_ratio: float
    late_share: float
    instance_hours: float
    changes_an_hour: float
    figures: tuple[float, ...]


def lines(rows: Iterable[Row]) -> list[Line]:
    """A line for each policy, setting, trace and start-up time, in the order of the rows."""
    found: dict[tuple[str, str, bool, int], list[Row]] = {}
    for row in rows:
        key = (row.trace, row.policy, row.tuned, row.startup_s)
        found.setdefault(key, []).append(row)
    return [_line(group) for group in found.values()]


def geometric_mean(values: Sequence[float]) -> float:
    """The geometric mean; NaN of nothing."""
    return math.exp(fmean(math.log(value) for value in values)) if values else math.nan


def best_peer(of: Sequence[Line]) -> Line | None:
    """The tuned peer that did best; None where no peer is."""
    tuned = [line for line in of if line.first.tuned and not POLICIES[line.first.policy].own]
    return min(tuned, key=place, default=None)


def place(line: Line) -> tuple[float, float]:
    """Lower is better: J for web; for workers hours, of those with at most 1 % late."""
    if line.first.kind == "worker":
        share = line.late_share
        return (share if share > CLEAN_LATE_SHARE else 0.0, line.hours_ratio)
    return (0.0, line.ratio)


def _line(rows: Sequence[Row]) -> Line:
    ratios = [row.ratio for row in rows]
    return Line(
        first=rows[0],
        ratio=fmean(ratios),
        low=min(ratios),
        high=max(ratios),
        ratios=tuple(map(fmean, zip(*(row.ratios for row in rows), strict=True))),
        ratio_over_rates=fmean(row.ratio_over_rates for row in rows),
        hours_ratio=fmean(row.hours_ratio for row in rows),
        late_share=fmean(row.late_share for row in rows),
        instance_hours=fmean(row.instance_s for row in rows) / 3600,
        changes_an_hour=fmean(row.changes_an_hour for row in rows),
        figures=tuple(
            map(fmean, zip(*(vars(row.elasticity).values() for row in rows), strict=True))
        ),
    )
