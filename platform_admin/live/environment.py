"""The live part of an environment's page: how it stands, its services and resources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.live.fragment import SENTENCE, Fragment, answer, shared
from platform_admin.models import Deployment, Environment, Service
from platform_admin.pages import addresses, clocks, figures, history, measured, sentences, standing
from platform_admin.pages.access import of_environment
from platform_admin.pages.decision import limit_of
from platform_admin.pages.drift import drift_of
from platform_admin.pages.figures import Figure
from platform_admin.pages.measured import Measured
from platform_admin.pages.picture.picture import picture
from platform_admin.pages.render import actor_of
from platform_admin.pages.standing import Standing
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from scaler.rules.arrays import Floats

ABOUT = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """A service with its figures, and the address that people open.

    `public` is "" where it has none or is not live; `limit` says what keeps it from growing.
    """

    standing: Standing
    public: str
    instances: Figure
    demand: Figure
    answer: Figure
    limit: str


@of_environment(Permission.VIEW_APP)
def overview(request: HttpRequest, environment: Environment) -> HttpResponse:
    """The fragment as it is now."""
    actor = actor_of(request)
    key = ("environment", environment.pk, *scope.rights(actor, environment.app.team))
    return answer(request, shared(key, lambda: fragment(actor, environment)))


def fragment(actor: Actor, environment: Environment) -> Fragment:
    """State sentence, services, resources and the last changes."""
    now = timezone.now()
    services = standing.of_services(environment.services.all(), now)
    resources = standing.of_resources(environment.resources.all(), now)
    lines = _lines(services, now)
    demands = {line.standing.name: _asked(line.demand) for line in lines if not line.standing.clock}
    deploying = environment.deployments.exclude(state__in=Deployment.ENDED)
    running = deploying.select_related("release").order_by("pk").first()
    return Fragment(
        name="overview",
        url=reverse("environment_live", args=[environment.app.slug, environment.slug]),
        template="environment/_overview.html",
        context={
            "environment": environment,
            "state": standing.worst_of([*services, *(each for each in resources if each.ails)]),
            "sentence": sentences.of_environment(services),
            "services": lines,
            "as_of": _as_of(lines),
            "picture": picture(environment, services, resources, demands),
            "resources": resources,
            "running": running,
            "drift": drift_of(environment, services),
            "may_deploy": scope.allowed(actor, environment.app.team, Permission.DEPLOY),
            "history": history.of_environment(environment),
        },
        asides=(SENTENCE,),
        moving=running is not None or any(each.moving for each in [*services, *resources]),
    )


def _lines(standings: Sequence[Standing], now: datetime) -> list[Line]:
    """The services with what was measured of them: as many queries for one as for a hundred."""
    services = [each.about for each in standings if isinstance(each.about, Service)]
    newest = measured.newest_of(services)
    hours = measured.last_hour(services, newest, now)
    return [
        _line(each, service, hours[service.pk], counts, now)
        for each, service, counts in zip(standings, services, newest.counts, strict=True)
    ]


def _line(
    standing: Standing, service: Service, hour: Measured, counts: Floats, now: datetime
) -> Line:
    policy = service.policy
    if standing.clock is not None:
        coming, last = clocks.figures(standing.clock, now)
        return Line(standing, "", Figure("Instances", ""), coming, last, "")
    return Line(
        standing,
        _public(standing),
        figures.instances(standing.counts, hour, now),
        figures.demand(service, hour, now),
        figures.against_target(service, policy, hour, now),
        limit_of(policy, counts),
    )


def _as_of(lines: Sequence[Line]) -> datetime | None:
    """When all was measured, where all is old and of about one moment: that is said once."""
    figures = [figure for line in lines for figure in (line.instances, line.demand, line.answer)]
    moments = [figure.as_of for figure in figures if figure.as_of is not None]
    if not moments or len(moments) < len(figures) or max(moments) - min(moments) > ABOUT:
        return None
    return min(moments)


def _asked(demand: Figure) -> str:
    """What a service is asked for, short: "12/s", "3 waiting"; "" where it is old or unknown."""
    if not demand.value or demand.as_of is not None:
        return ""
    return demand.value if "/" in demand.value else f"{demand.value} waiting"


def _public(standing: Standing) -> str:
    service = standing.about
    if standing.release is None or not isinstance(service, Service):
        return ""
    return addresses.of_service(service).public
