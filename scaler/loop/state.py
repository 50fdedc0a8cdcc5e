"""Where the services of shards stand now, from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, F, FloatField, Max, Q, QuerySet, Sum
from django.db.models.functions import Cast, Extract

from jobs.document.types import SCALED
from platform_admin.models import SHARDS, Colour, Quota, Reservation, Service, Shard
from scaler.loop.limits import Limits, limits, series
from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.quota import Quotas, quotas
from scaler.samples.series import aligned

_COLUMNS = (
    "pk", "kind", "environment__app__team_id", "desired", "desired_version", "minimum", "maximum",
    "rollout__live", "policy__version", "policy__mode",
    "policy__paused", "policy__metric", "policy__start_up_s",
    "policy__guard_s", "in_flight_limit",
    "reservation__cpu_mhz", "reservation__memory_mb", "cpu_mhz", "memory_mb",
)  # fmt: skip
_MOMENTS = ("desired_at", "override_until")


@dataclass(frozen=True)
class State:
    """The services of some shards, ascending, and what their rows say; all (n,).

    `follows`: the policy is on and not paused; `shadow`: it is to be recorded only.
    `acknowledged` instances since `acknowledged_at` (seconds), NaN while a post is out. `limits`:
    what was measured of them; `start_up_s`, `stop_s`: that, or what is assumed until then.
    `guard_s`: what would wait longer is turned away; `in_flight_limit`: by this limit now; NaN for
    none.
    """

    services: Ints
    kind: tuple[str, ...]
    metric: tuple[str, ...]
    team: Ints
    desired: Floats
    version: Ints
    policy_version: Ints
    minimum: Floats
    maximum: Floats
    start_up_s: Floats
    stop_s: Floats
    limits: Limits
    desired_at: Floats
    override_until: Floats
    live: Bools
    follows: Bools
    shadow: Bools
    cpu_mhz: Floats
    memory_mb: Floats
    acknowledged: Floats
    acknowledged_at: Floats
    guard_s: Floats
    in_flight_limit: Floats

    def __len__(self) -> int:
        return len(self.services)


def of_shards(shards: Sequence[Shard]) -> State:
    """The state of the services of these shards, which are of one cell."""
    return state(services_of(shards))


def services_of(shards: Sequence[Shard]) -> QuerySet[Service]:
    """The services of these shards, which are of one cell."""
    scaled = Service.objects.filter(kind__in=SCALED)
    own = scaled.annotate(number=F("environment__app__team_id") % SHARDS)
    numbers = [shard.number for shard in shards]
    return own.filter(environment__cell=shards[0].cell_id, number__in=numbers)


def seconds(moment: str | Max) -> Cast:
    """A column of moments as seconds since 1970, which are read much faster."""
    return Cast(Extract(moment, "epoch"), FloatField())


def state(rows: QuerySet[Service]) -> State:
    """The state of these services, in three queries."""
    table = rows.order_by("pk").values_list(*_COLUMNS, *map(seconds, _MOMENTS))
    names = (*_COLUMNS, *_MOMENTS)
    columns = dict(zip(names, zip(*table, strict=True), strict=True)) or dict.fromkeys(names, ())

    def floats(name: str, otherwise: str = "") -> Floats:
        column = columns[name]
        if otherwise:
            pairs = zip(column, columns[otherwise], strict=True)
            column = tuple(first if first is not None else second for first, second in pairs)
        return np.array([np.nan if x is None else x for x in column], dtype=np.float64)

    services = np.array(columns["pk"], dtype=np.int64)
    mode = np.array(columns["policy__mode"], dtype=object)
    paused = np.array([bool(each) for each in columns["policy__paused"]], dtype=np.bool_)
    acknowledged, at = acknowledgements(rows, services)
    known = limits(services)
    times = series(known, floats("policy__start_up_s"))
    return State(
        services=services,
        kind=columns["kind"],
        metric=columns["policy__metric"],
        team=np.array(columns["environment__app__team_id"], dtype=np.int64),
        desired=floats("desired"),
        version=np.array(columns["desired_version"], dtype=np.int64),
        policy_version=np.array([each or 0 for each in columns["policy__version"]], dtype=np.int64),
        minimum=floats("minimum"),
        maximum=floats("maximum"),
        start_up_s=times["start_up_s"],
        stop_s=times["stop_s"],
        limits=known,
        desired_at=floats("desired_at"),
        override_until=floats("override_until"),
        live=np.array([each is not None for each in columns["rollout__live"]], dtype=np.bool_),
        follows=np.asarray((mode == "on") & ~paused, dtype=np.bool_),
        shadow=np.asarray((mode == "shadow") & ~paused, dtype=np.bool_),
        cpu_mhz=floats("reservation__cpu_mhz", "cpu_mhz"),
        memory_mb=floats("reservation__memory_mb", "memory_mb"),
        acknowledged=acknowledged,
        acknowledged_at=at,
        guard_s=floats("policy__guard_s"),
        in_flight_limit=floats("in_flight_limit"),
    )


def acknowledgements(rows: QuerySet[Service], services: Ints) -> tuple[Floats, Floats]:
    """Instances of both colours that Nomad acknowledged, NaN while one is out; and since when."""
    both = Colour.objects.filter(service__in=rows.values("pk")).order_by()
    found = both.values_list("service_id").annotate(
        total=Sum("acknowledged"),
        since=seconds(Max("acknowledged_at")),
        out=Count("pk", Q(acknowledged__isnull=True)),
    )
    table = np.array([[np.nan if x is None else x for x in row] for row in found], np.float64)
    known, total, since, out = table.T if len(table) else np.empty((4, 0))
    order = np.argsort(known)
    columns = np.vstack([np.where(out > 0, np.nan, total), since])[:, order]
    count, at = aligned(columns, known[order].astype(np.int64), services, np.nan)
    return count, at


def room(state: State) -> Quotas:
    """What the teams' quotas leave, as the rules take it.

    Services that the scaler may not change stand in a row of their own for each team, so that
    what is only recorded takes nothing from those that it changes.
    """
    teams, place = np.unique(state.team, return_inverse=True)
    limits = _limits(teams)
    size = np.column_stack([np.ones(len(state)), state.cpu_mhz, state.memory_mb])
    used = state.desired[:, np.newaxis] * size
    rows = []
    for others in (~state.follows, state.follows):
        taken = np.zeros_like(limits)
        np.add.at(taken, place[others], used[others])
        rows.append(np.maximum(limits - taken, 0.0))
    row = np.where(state.follows, place, place + len(teams))
    return quotas(row, state.cpu_mhz, state.memory_mb, np.concatenate(rows))


def _limits(teams: Ints) -> Floats:
    """Each team's quota, (T, 3), less what is not scaled takes."""
    found = np.zeros((len(teams), 3))
    columns = ("team_id", "instances", "cpu_mhz", "memory_mb")
    for team, *limit in Quota.objects.filter(team__in=teams.tolist()).values_list(*columns):
        found[np.searchsorted(teams, team)] = limit
    others = Reservation.objects.filter(team__in=teams.tolist()).exclude(service__kind__in=SCALED)
    for team, count, cpu, memory in others.values_list("team_id", *columns[1:]):
        found[np.searchsorted(teams, team)] -= (count, count * cpu, count * memory)
    return found
