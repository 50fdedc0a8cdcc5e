"""Whether a service answers later than its target, without changing its mind at every reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LASTS_S = 120
"""For so long every reading must say the same before it counts."""
SAID_MIN = 3
"""Of so many minutes the highest p95 is said: more than LASTS_S, so that one over it is in it."""


@dataclass(frozen=True)
class Late:
    """The highest p95 of the last minutes, and the target that it misses; in seconds."""

    p95_s: float
    target_s: float


def lateness(
    readings: Iterable[tuple[float, float]], target_s: float, now: float, gap_s: float
) -> Late | None:
    """How a service misses its target; None where it keeps it, or where that is not known.

    `readings` are times (seconds, ascending) with the p95 of each, NaN where it is unknown. It is
    late from the moment at which all of LASTS_S were over the target, until all of it are not.
    What lies before a silence of more than `gap_s` says nothing of now.
    """
    known = [(at, p95) for at, p95 in readings if p95 == p95]
    late, turned, last = False, None, None
    for at, p95 in known:
        if last is None or at - last > gap_s:
            late, turned = False, None
        last = at
        if (p95 > target_s) == late:
            turned = None
            continue
        turned = at if turned is None else turned
        if at - turned >= LASTS_S:
            late, turned = not late, None
    if not late or last is None or now - last > gap_s:
        return None
    recent = (p95 for at, p95 in known if at >= last - 60 * SAID_MIN)
    return Late(max(recent), target_s)
