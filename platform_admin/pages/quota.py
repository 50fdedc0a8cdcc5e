"""What a team has reserved of its quota, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from platform_admin.models import Quota, Reservation, Team
from platform_admin.rules.quota import UNITS, Use
from platform_admin.verbs.reservations import totals

_UNITS = (("instances", "Instances", ""), ("cpu_mhz", "CPU", "MHz"), ("memory_mb", "Memory", "MB"))
NOTHING = (Use(), Use())


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
    def fullness(self) -> float:
        """How much of the limit is in use, above 1 where more than all; a limit of 0 is full."""
        return self.used / self.limit if self.limit else 1.0 + self.used

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
    return _bars(limits, _sums(Reservation.objects.filter(team=team)).get(team.pk, NOTHING))


def by_team() -> list[tuple[Quota, list[Bar]]]:
    """Every team's quota with its bars, in two queries; the team with the fullest bar first."""
    sums = _sums(Reservation.objects.all())
    quotas = Quota.objects.select_related("team").order_by("team__name")
    found = [(limits, _bars(limits, sums.get(limits.team_id, NOTHING))) for limits in quotas]
    return sorted(found, key=lambda each: -max(bar.fullness for bar in each[1]))


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


def _bars(limits: Quota, sums: tuple[Use, Use]) -> list[Bar]:
    used, reserved = sums
    return [
        Bar(
            label,
            unit,
            getattr(used, name),
            getattr(reserved, name),
            getattr(limits, name),
            dict(UNITS)[name],
        )
        for name, label, unit in _UNITS
    ]


def _sums(rows: QuerySet[Reservation]) -> dict[int | None, tuple[Use, Use]]:
    """By team, what its reservations add up to: at rest, and in all with what deployments hold."""
    return {team: (at_rest, in_all) for (team,), _, at_rest, in_all in totals(rows, "team_id")}


def _percent(part: int, whole: int) -> float:
    return round(min(100.0, 100 * part / whole), 1) if whole else 100.0
