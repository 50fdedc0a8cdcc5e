"""The lines of the timeline. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from platform_admin.demo.run.report import Count, Decision

HEADING = (
    f"{'time':>8}  {'phase':<5}  {'sent/s':>7}  {'late':>5}"
    f"  {'web':>5}  {'worker':>6}  {'queue':>5}  oldest  (wanted/healthy; orders)"
)


@dataclass(frozen=True)
class Moment:
    """What the timeline shows of one moment; seconds since the run began, shares, counts."""

    at_s: float
    phase: str
    rate: float
    late: float | None
    counts: Sequence[Count]
    waiting: int
    oldest_s: float


def line(moment: Moment) -> str:
    """One line: `    35 s  A        48.0     0%   3/2     1/1      4     2 s`."""
    late = "-" if moment.late is None else f"{moment.late:.0%}"
    found = {count.service: f"{count.desired}/{count.healthy}" for count in moment.counts}
    return (
        f"{moment.at_s:6.0f} s  {moment.phase:<5}  {moment.rate:7.1f}  {late:>5}"
        f"  {found.get('web', '-'):>5}  {found.get('worker', '-'):>6}  {moment.waiting:5}"
        f"  {moment.oldest_s:4.0f} s"
    )


def decided(at_s: float, decision: Decision) -> str:
    """The decision's line: `    41 s  web     2 to 5: p95 312 ms over 200 ms`."""
    words = decision.words
    if not words.startswith((f"{decision.before} to ", "Staying")):
        words = f"{decision.before} to {decision.after}: {words}"
    return f"{at_s:6.0f} s  {decision.service:<8} {words}"
