"""Which part of a trace is run, which part of that is scored, and in which table it stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.scaling.traces import Trace

DAY_S = 86_400
SCORED_DAYS = 14
WARM_UP_S = DAY_S
SHORT_BELOW_S = 2 * DAY_S
INTERPOLATED_FROM_S = 300

SCORED, INTERPOLATED, SHORT = "scored", "interpolated", "short"
GROUPS = (SCORED, INTERPOLATED, SHORT)


@dataclass(frozen=True)
class Window:
    """Seconds [begin_s, end_s) of the trace are run, those from `scored_from_s` on are scored."""

    begin_s: int
    scored_from_s: int
    end_s: int


def group(trace: Trace) -> str:
    """The table of a trace: short ones and interpolated ones have tables of their own."""
    if trace.seconds < SHORT_BELOW_S:
        return SHORT
    return INTERPOLATED if trace.step_s >= INTERPOLATED_FROM_S else SCORED


def window(trace: Trace, scored_days: int = SCORED_DAYS) -> Window:
    """A day to warm up, then at most so many scored days; short traces are scored as a whole.

    Of a longer trace: those whole days that hold the busiest bucket among the scored ones, and of
    these the ones with the most arrivals.
    """
    if trace.seconds < SHORT_BELOW_S:
        return Window(0, 0, trace.seconds)
    length = WARM_UP_S + scored_days * DAY_S
    if trace.seconds <= length:
        return Window(0, WARM_UP_S, trace.seconds)
    begin = _busiest(trace, length)
    return Window(begin, begin + WARM_UP_S, begin + length)


def _busiest(trace: Trace, length: int) -> int:
    if trace.step_s:
        arrived = trace.values
        peak_s = float(trace.times_s[int(np.argmax(arrived))])
    else:
        arrived = np.ones(len(trace.times_s))
        hours = np.bincount((trace.times_s // 3600).astype(np.int64))
        peak_s = float(np.argmax(hours)) * 3600
    starts = np.arange(0, trace.seconds - length + 1, DAY_S)
    holds_peak = (starts + WARM_UP_S <= peak_s) & (peak_s < starts + length)
    starts = starts[holds_peak] if holds_peak.any() else starts
    summed = np.concatenate(([0.0], np.cumsum(arrived)))
    first = np.searchsorted(trace.times_s, starts)
    last = np.searchsorted(trace.times_s, starts + length)
    return int(starts[np.argmax(summed[last] - summed[first])])
