"""What a team has reserved of its quota, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Sum

from platform_admin.models import Quota, Reservation, Team
from platform_admin.rules.quota import UNITS

_UNITS = (("instances", "Instances", ""), ("cpu_mhz", "CPU", "MHz"), ("memory_mb", "Memory", "MB"))


@dataclass(frozen=True)
class Bar:
    """One figure of a quota: in use at rest, and in all with what deployments hold.

    `noun` is what is counted, as a sentence says it.
    """

    label: str
    unit: str
    used: int
    reserved: int
    limit: int
    noun: str

    @property
    def used_percent(self) -> float:
        return _percent(self.used, self.limit)

    @property
    def surge_percent(self) -> float:
        """What deployments hold beyond that, as far as the bar has room for it."""
        return min(_percent(self.reserved, self.limit), 100.0) - self.used_percent

    @property
    def over(self) -> bool:
        return self.used > self.limit

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def bars(team: Team) -> list[Bar]:
    """Instances, CPU and memory of the team; none where it has no quota yet."""
    limits = Quota.objects.filter(team=team).first()
    if limits is None:
        return []
    used, reserved = _sums(team, "desired"), _sums(team, "instances")
    return [
        Bar(label, unit, used[name], reserved[name], getattr(limits, name), dict(UNITS)[name])
        for name, label, unit in _UNITS
    ]


def excess(bars: Sequence[Bar]) -> str:
    """By how much a team is over its quota and what to do, as sentences; "" where it is not."""
    over = [
        f"{bar.used} of {bar.limit} {bar.noun}, {bar.used - bar.limit} too many"
        for bar in bars
        if bar.over
    ]
    if not over:
        return ""
    return (
        f"The team is over its quota: {'; '.join(over)}. What runs stays, and nothing can grow."
        " Use fewer or smaller instances, or ask an operator for a larger quota."
    )


def _sums(team: Team, times: str) -> dict[str, int]:
    rows = Reservation.objects.filter(team=team)
    found = rows.aggregate(
        all_instances=Sum(times),
        all_cpu_mhz=Sum(F(times) * F("cpu_mhz")),
        all_memory_mb=Sum(F(times) * F("memory_mb")),
    )
    return {name: found[f"all_{name}"] or 0 for name, _, _ in _UNITS}


def _percent(part: int, whole: int) -> float:
    return round(min(100.0, 100 * part / whole), 1) if whole else 100.0
