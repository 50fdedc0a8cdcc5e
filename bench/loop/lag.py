"""From the moment when too many requests are late to the request for more instances. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

LATE_SHARE = 0.05
"""Of an interval's requests: more of them late is a breach."""


@dataclass(frozen=True)
class Load:
    """Requests a second, and how many of them are late."""

    rate: float
    late: float


def breach(changed: float, before: Load, after: Load, interval_s: float) -> float | None:
    """When more than LATE_SHARE of the last interval's requests are late; None where never.

    The load changes from `before` to `after` at `changed` and stays. Of the interval that ends
    x seconds later, x seconds are of the new load: (x * after + (interval - x) * before).
    """
    excess_before = before.late - LATE_SHARE * before.rate
    excess_after = after.late - LATE_SHARE * after.rate
    if excess_after <= 0:
        return None
    if excess_before >= 0:
        return changed
    return changed + interval_s * -excess_before / (excess_after - excess_before)


@dataclass(frozen=True)
class Lags:
    """Seconds from breach to request; `waiting` have none yet and count with their age so far."""

    median_s: float
    max_s: float
    number: int
    waiting: int


def lags(breaches: Sequence[tuple[float, float | None]], end: float) -> Lags | None:
    """The lags of breaches (when, and when it was asked for more); None without any."""
    if not breaches:
        return None
    waited = [(end if asked is None else asked) - at for at, asked in breaches]
    waiting = sum(asked is None for _, asked in breaches)
    return Lags(median(waited), max(waited), len(breaches), waiting)
