"""An environment's rows as the facts that its checklist is answered from: one read of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings

from platform_admin.models import Environment, Quota, Release, Reservation, Service, Variable
from platform_admin.pages import cells
from platform_admin.pages.condition import Condition
from platform_admin.pages.facts.elsewhere import elsewhere
from platform_admin.pages.facts.measured import measured
from platform_admin.pages.facts.older import older
from platform_admin.pages.facts.resources import resource, resources
from platform_admin.pages.facts.services import service, services
from platform_admin.pages.standing import live_colour
from platform_admin.rules.checklist import facts as of
from platform_admin.rules.checklist.facts import Facts, Known
from platform_admin.rules.quota import Use
from platform_admin.verbs import environ
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.reservations import totals


def facts(environment: Environment, now: datetime) -> Facts:
    """What is known of the environment; as many queries for one service as for a hundred."""
    document, drafted = draft(environment), environ.by_scope(environment).all()
    rows = services(environment)
    names = {row.pk: row.name for row in rows}
    instances = list(environment.instances.filter(ended=False))
    read = measured(environment, rows, now)
    live = max((each.number for each in _live_releases(rows)), default=None)
    limits = Quota.objects.filter(team=environment.app.team).first()
    return Facts(
        services=tuple(
            service(row, doc, instances, read)
            for row in rows
            if (doc := document.service(row.name))
        ),
        resources=tuple(resource(row, instances) for row in resources(environment)),
        values=tuple(_value(row, names) for row in drafted if not row.secret),
        secrets=sum(row.secret for row in drafted),
        private=environment.cell.private_address,
        apps_domain=settings.MUSTER_APPS_DOMAIN,
        observed=_known(cells.observation(environment.cell, now)),
        sampled=_known(cells.measuring(environment.cell, now)),
        live_release=live,
        older=older(environment, live),
        elsewhere=elsewhere(environment, document),
        environments=tuple(
            environment.app.environments.exclude(pk=environment.pk)
            .order_by("slug")
            .values_list("slug", flat=True)
        ),
        limits=limits_of(limits).use if limits else Use(),
        taken=_taken(environment),
    )


def _value(row: Variable, services: Mapping[int, str]) -> of.Value:
    owner = services.get(row.service_id or 0, "")
    return of.Value(owner, row.name, row.value, of_app=row.environment_id is None)


def _known(how: Condition) -> Known:
    if how.look == "healthy":
        return Known("fresh", how.sentence)
    return Known("never" if how.word == "no data" else "silent", how.sentence)


def _live_releases(rows: Iterable[Service]) -> list[Release]:
    colours = (live_colour(row) for row in rows)
    return [colour.release for colour in colours if colour and colour.release]


def _taken(environment: Environment) -> Use:
    """What the team's services and resources take at rest."""
    rows = Reservation.objects.filter(team=environment.app.team_id)
    return next((at_rest for _, _, at_rest, _ in totals(rows, "team_id")), Use())
