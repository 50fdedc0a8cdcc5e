"""How services and resources stand: their state, counts and release, from the stored rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from jobs.deploy.counts import MISSING, STOPPED
from platform_admin.models import Colour, Deployment, Instance, Resource, Rollout, Service
from platform_admin.pages import clocks, lateness, waking
from platform_admin.pages.clocks import Clock
from platform_admin.rules.lateness import Late
from platform_admin.rules.state import (
    DRAINING,
    FAILED,
    HEALTHY,
    STARTING,
    Counts,
    State,
    cron_state,
    service_state,
    worst,
)


@dataclass(frozen=True)
class Standing:
    """One service or resource as pages show it; `release` is the number that is live.

    `drift` says what of the live job is not in Nomad as it should be, `late` how it has missed its
    latency target for minutes, `clock` how a cron stands, which has no instances of its own.
    """

    about: Service | Resource
    state: State
    counts: Counts
    release: int | None
    rolling: bool
    instances: tuple[Instance, ...]
    drift: str = ""
    late: Late | None = None
    clock: Clock | None = None

    @property
    def name(self) -> str:
        return self.about.name

    @property
    def ails(self) -> bool:
        """Whether it was started, and does not answer."""
        return self.state in (FAILED, STARTING)

    @property
    def moving(self) -> bool:
        """Whether something is under way, so that pages look more often."""
        going = self.clock is not None and self.clock.going is not None
        return self.rolling or going or self.state.word == "starting" or self.counts.draining > 0


def of_services(services: QuerySet[Service], now: datetime) -> list[Standing]:
    """How each of the services stands, in the order of names."""
    last = Deployment.objects.filter(services=OuterRef("pk")).order_by("-pk").values("state")[:1]
    rows = list(
        services.select_related("rollout", "policy", "environment__app", "environment__cell")
        .prefetch_related("colours__release", "instances", "domains")
        .annotate(last_state=Subquery(last))
        .order_by("environment__app__slug", "environment__slug", "name")
    )
    late, crons = lateness.of_services(rows, now), clocks.of_services(rows, now)
    return [
        _of_cron(row, getattr(row, "last_state"), crons[row.pk])  # noqa: B009
        if row.pk in crons
        else _of_service(row, getattr(row, "last_state"), late.get(row.pk), now)  # noqa: B009
        for row in rows
    ]


def of_resources(resources: QuerySet[Resource], now: datetime) -> list[Standing]:
    """How each of the resources stands, in the order of names."""
    rows = resources.select_related("environment__app").prefetch_related("instances")
    return [_of_resource(row, now) for row in rows.order_by("name")]


def live_colour(service: Service) -> Colour | None:
    """The colour that carries the traffic, None for a service that was never live."""
    live = service.rollout.live
    return next((row for row in service.colours.all() if row.colour == live), None)


def counts_of(
    desired: int, instances: Iterable[Instance], colour: str = "", coming: str = ""
) -> Counts:
    """How many of the instances are healthy, starting and draining.

    `colour` carries the traffic, and its instances alone are healthy ones of those wanted; those
    of `coming` are started beside them. What still runs of another colour is on its way out.
    """
    present = [each for each in instances if not each.ended]
    staying = [each for each in present if not each.draining and each.colour in (colour, coming)]
    healthy = sum(each.healthy and each.colour == colour for each in staying)
    starting = sum(not each.healthy for each in staying)
    return Counts(desired, healthy, starting, len(present) - len(staying))


def worst_of(standings: Sequence[Standing]) -> State:
    """The state that a person must see first."""
    return worst(standing.state for standing in standings)


def _of_service(
    service: Service, last_state: str | None, late: Late | None, now: datetime
) -> Standing:
    instances = tuple(sorted(service.instances.all(), key=_order))
    live = live_colour(service)
    rolling = service.rollout.deployment_id is not None
    counts = counts_of(service.desired, instances, *_colours(service.rollout, rolling))
    drift = live.drift if live else ""
    state = service_state(
        counts,
        live=live is not None,
        rolling=rolling,
        last_failed=last_state == Deployment.State.FAILED,
        # Nothing comes of a job that does not run, however lately a count was changed.
        settling=drift not in (MISSING, STOPPED) and _settling(service, instances, now),
        follows=waking.follows(service),
        late=late is not None,
        suspended=service.suspended_at is not None,
    )
    if service.deletion_id is not None:
        state = DRAINING
    release = live.release.number if live and live.release else None
    return Standing(service, state, counts, release, rolling, instances, drift, late)


def _of_cron(service: Service, last_state: str | None, clock: Clock) -> Standing:
    live = live_colour(service)
    rolling = service.rollout.deployment_id is not None
    drift = live.drift if live else ""
    state = cron_state(
        live=live is not None,
        on=service.desired > 0,
        rolling=rolling,
        last_failed=last_state == Deployment.State.FAILED,
        last_run_bad=clock.last_run_bad,
        gone=drift in (MISSING, STOPPED),
    )
    release = live.release.number if live and live.release else None
    return Standing(service, state, Counts(0), release, rolling, (), drift, clock=clock)


def _colours(rollout: Rollout, rolling: bool) -> tuple[str, str]:
    """The colour that carries the traffic, the new one where none does yet; and that beside it."""
    carrying = rollout.live or rollout.new
    return carrying, rollout.new if rolling else carrying


def _of_resource(resource: Resource, now: datetime) -> Standing:
    if resource.external:
        state = _answers(resource)
        return Standing(resource, state, Counts(1, state == HEALTHY), None, False, ())
    instances = tuple(sorted(resource.instances.all(), key=_order))
    counts = counts_of(1, instances)
    within = timedelta(seconds=resource.start_limit_s)
    state = service_state(
        counts,
        live=bool(instances),
        settling=any(_since(each.started_at, now, within) for each in instances if not each.ended),
    )
    if resource.deletion_id is not None:
        state = DRAINING
    return Standing(resource, state, counts, None, False, instances)


def _answers(resource: Resource) -> State:
    """Whether one that runs elsewhere answered when it was last asked."""
    if resource.probed_at is None:
        return STARTING
    return FAILED if resource.probe_error else HEALTHY


def _settling(service: Service, instances: Iterable[Instance], now: datetime) -> bool:
    """Whether a count or an instance changed so lately that what is missing may still come."""
    within = timedelta(seconds=service.start_limit_s)
    moments = [service.desired_at, *(row.acknowledged_at for row in service.colours.all())]
    moments += [each.started_at for each in instances if not each.ended]
    return any(_since(moment, now, within) for moment in moments)


def _since(moment: datetime | None, now: datetime, within: timedelta) -> bool:
    return moment is not None and now - moment < within


def _order(instance: Instance) -> tuple[bool, bool, str, int]:
    return (instance.ended, instance.draining, instance.colour, instance.number)
