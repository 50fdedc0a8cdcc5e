"""The schedules of services at a tick, worked out anew only where something changes."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from platform_admin.models import ScalingPolicy
from platform_admin.rules.schedules import read, zone_of
from scaler.loop.state import State
from scaler.rules.arrays import Floats, Ints
from scaler.rules.schedule import COLUMNS, InForce, Scheduled, in_force, named, row_of
from scaler.rules.windows import Window

Key = tuple[bytes, bytes]


@dataclass(frozen=True)
class Plan:
    """The windows of a service's policy of that version."""

    service: int
    version: int
    windows: tuple[Window, ...]
    zone: ZoneInfo


@dataclass(frozen=True)
class Plans:
    """The services of some shards that have windows, at `places` (k,) among all, and what holds.

    What was `found`, and its `rows` (k, COLUMNS), are good from `since` to before `until`, in
    seconds since 1970, with floors `ahead_s` before their time.
    """

    key: Key
    places: Ints
    plans: tuple[Plan, ...]
    found: list[InForce | None]
    rows: Floats
    ahead_s: Floats
    since: Floats
    until: Floats

    @property
    def scheduled(self) -> Scheduled:
        """The schedules as the rules take them."""
        return Scheduled(self.places, self.rows)

    def named(self, place: int) -> dict[str, float]:
        """Whose floor and ceiling the service at this place has, for the numbers of its event."""
        here = int(np.searchsorted(self.places, place))
        found = self.found[here] if place in self.places else None
        return {} if found is None else named(found)


_plans: dict[int, Plans] = {}


def schedules(shard: int, state: State, now: float) -> Plans:
    """The plans of the state's services, and what of them holds at `now` (seconds since 1970).

    A floor begins early by what an instance needs to start and by one interval, because the next
    tick may come that late. The windows are read once for each version of the policies, kept under
    the first of the shards; they are worked out once for each change of what holds, and where a
    start-up was measured anew.
    """
    key = (state.services.tobytes(), state.policy_version.tobytes())
    known = _plans.get(shard)
    if known is None or known.key != key:
        known = _plans[shard] = _read(state, key, known)
    ahead_s = np.ceil(state.start_up_s[known.places]) + settings.MUSTER_SCALING_INTERVAL_S
    good = (known.since <= now) & (now < known.until) & (known.ahead_s == ahead_s)
    for place in np.flatnonzero(~good).tolist():
        _work_out(known, place, now, float(ahead_s[place]))
    return known


def _work_out(plans: Plans, place: int, now: float, ahead_s: float) -> None:
    plan = plans.plans[place]
    found = in_force(plan.windows, plan.zone, now, ahead_s)
    plans.found[place], plans.rows[place] = found, row_of(found, plan.zone)
    plans.ahead_s[place], plans.since[place], plans.until[place] = ahead_s, now, found.until


def _read(state: State, key: Key, before: Plans | None) -> Plans:
    """The plans from their rows; what was worked out `before` stays where the version does."""
    rows = ScalingPolicy.objects.filter(service__in=state.services.tolist()).exclude(windows=[])
    columns = ("service_id", "version", "time_zone", "windows")
    plans = tuple(
        Plan(service, version, read(windows), zone_of(zone, settings.TIME_ZONE))
        for service, version, zone, windows in rows.order_by("service_id").values_list(*columns)
    )
    services = np.array([plan.service for plan in plans], dtype=np.int64)
    times = np.full((3, len(plans)), np.nan)
    fresh = Plans(
        key=key,
        places=np.searchsorted(state.services, services),
        plans=plans,
        found=[None] * len(plans),
        rows=np.full((len(plans), len(COLUMNS)), np.nan),
        ahead_s=times[0],
        since=times[1],
        until=times[2],
    )
    if before is not None:
        _carry_over(before, fresh)
    return fresh


def _carry_over(before: Plans, fresh: Plans) -> None:
    known = {(plan.service, plan.version): place for place, plan in enumerate(before.plans)}
    for place, plan in enumerate(fresh.plans):
        old = known.get((plan.service, plan.version))
        if old is not None:
            fresh.found[place] = before.found[old]
            for name in ("rows", "ahead_s", "since", "until"):
                getattr(fresh, name)[place] = getattr(before, name)[old]
