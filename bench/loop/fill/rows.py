"""The rows, in a few large inserts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from bench.loop import world
from bench.loop.fill.documents import document, job, service_doc
from bench.loop.world import ENVIRONMENT, REDIS, Unit
from jobs.document import digest, write
from platform_admin.models import (
    App,
    Artifact,
    Cell,
    Colour,
    Credential,
    Environment,
    Link,
    Quota,
    Release,
    Reservation,
    Resource,
    Rollout,
    ScalingPolicy,
    Service,
    Slug,
    Team,
)
from platform_admin.rules.policy import default_policy, row_of
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.cells import make_cell
from platform_admin.verbs.credentials import sealed_password

AT_ONCE = 1000
PLENTY = 10**8
LATENCY_MS = 400
DRAIN_S = 30
SHORT_WINDOW_S = 30
"""Every second service goes down after so long, so that falls show in a short run too."""
FIRST_INDEX = 100
M = TypeVar("M", bound=Model)


@transaction.atomic
def fill(services: int, queues_password: str) -> None:
    """One cell with so many live services, their teams, releases, policies and queues."""
    cell, units = make_cell(SYSTEM, "cell"), world.units(services)
    teams = _teams(units)
    environments = _environments(units, cell, teams)
    resources = _resources(units, cell, environments, queues_password)
    rows = _services(units, environments, teams)
    _live(units, rows, environments)
    _links(rows, resources)


def _made(model: type[M], rows: Iterable[M]) -> list[M]:
    return list(model._default_manager.bulk_create(rows, batch_size=AT_ONCE))


def _teams(units: Sequence[Unit]) -> Mapping[str, Team]:
    slugs = dict.fromkeys(unit.team for unit in units)
    teams = _made(Team, (Team(slug=each, name=each, namespace=each) for each in slugs))
    limits = {"instances": PLENTY, "cpu_mhz": PLENTY, "memory_mb": PLENTY}
    _made(Quota, (Quota(team=team, **limits) for team in teams))
    return {team.slug: team for team in teams}


def _environments(
    units: Sequence[Unit], cell: Cell, teams: Mapping[str, Team]
) -> Mapping[str, Environment]:
    owners = {unit.app: teams[unit.team] for unit in units}
    apps = _made(App, (App(slug=app, team=team) for app, team in owners.items()))
    rows = (Environment(app=app, slug=ENVIRONMENT, cell=cell) for app in apps)
    return {row.app.slug: row for row in _made(Environment, rows)}


def _resources(
    units: Sequence[Unit], cell: Cell, environments: Mapping[str, Environment], password: str
) -> Mapping[str, Resource]:
    slugs = world.redis_slugs(units)
    _made(Slug, (Slug(slug=slug) for slug in slugs.values()))
    rows = (
        Resource(
            environment=environments[app],
            cell=cell,
            name=REDIS,
            slug_row_id=slug,
            kind=REDIS,
            port=cell.first_port + place,
        )
        for place, (app, slug) in enumerate(slugs.items())
    )
    found = {row.environment.app.slug: row for row in _made(Resource, rows)}
    _made(Credential, (_login(app, row, password) for app, row in found.items()))
    _made(Reservation, (_resource_reservation(row) for row in found.values()))
    return found


def _login(app: str, resource: Resource, password: str) -> Credential:
    user = world.redis_user(app)
    sealed = sealed_password(resource.pk, user, password)
    return Credential(resource=resource, user=user, sealed=sealed.data, key_id=sealed.key_id)


def _resource_reservation(row: Resource) -> Reservation:
    return Reservation(
        team=row.environment.app.team,
        resource=row,
        desired=1,
        instances=1,
        cpu_mhz=row.cpu_mhz,
        memory_mb=row.memory_mb,
    )


def _services(
    units: Sequence[Unit], environments: Mapping[str, Environment], teams: Mapping[str, Team]
) -> list[Service]:
    _made(Slug, (Slug(slug=unit.slug) for unit in units))
    archives = (
        Artifact(
            sha256=service_doc(units[0]).artifact or "",
            team=team,
            format="tar.gz",
            size_bytes=1,
            filename="app.tar.gz",
        )
        for team in teams.values()
    )
    artifacts = {row.team.slug: row for row in _made(Artifact, archives)}
    made = _made(
        Service,
        (_service(unit, environments[unit.app], artifacts[unit.team]) for unit in units),
    )
    _made(ScalingPolicy, (_policy(row, u, n) for n, (row, u) in enumerate(_pairs(made, units))))
    _made(Reservation, (_reservation(row) for row in made))
    return made


def _pairs(rows: Sequence[Service], units: Sequence[Unit]) -> list[tuple[Service, Unit]]:
    return list(zip(rows, units, strict=True))


def _service(unit: Unit, environment: Environment, artifact: Artifact) -> Service:
    doc = service_doc(unit)
    return Service(
        environment=environment,
        name=unit.name,
        slug_row_id=unit.slug,
        kind=unit.kind,
        artifact=artifact,
        command=" ".join(doc.command),
        port=doc.port,
        health_path=doc.health_path or "",
        minimum=1,
        maximum=20,
        desired=unit.count,
    )


def _policy(service: Service, unit: Unit, place: int) -> ScalingPolicy:
    """The usual policy of its kind, switched on."""
    fields = row_of(default_policy(unit.kind)) | {"mode": ScalingPolicy.Mode.ON}
    if unit.has_port:
        fields |= {"latency_ms": LATENCY_MS}
    else:
        fields |= {"queue": unit.slug, "drain_s": DRAIN_S}
    if place % 2:
        fields |= {"down_window_s": SHORT_WINDOW_S}
    return ScalingPolicy(service=service, **fields)


def _reservation(service: Service) -> Reservation:
    return Reservation(
        team=service.environment.app.team,
        service=service,
        desired=service.desired,
        instances=service.desired,
        cpu_mhz=service.cpu_mhz,
        memory_mb=service.memory_mb,
    )


def _live(
    units: Sequence[Unit], services: Sequence[Service], environments: Mapping[str, Environment]
) -> None:
    """Release 1 of every environment is live on blue, release 0 was on green."""
    releases = {
        row.environment.app.slug: row for row in _made(Release, _releases(units, environments))
    }
    _made(Rollout, (_rollout(service) for service in services))
    for both in (_blue, _green):
        _made(
            Colour, (both(row, unit, releases[unit.app]) for row, unit in _pairs(services, units))
        )


def _releases(units: Sequence[Unit], environments: Mapping[str, Environment]) -> Iterable[Release]:
    for app, environment in environments.items():
        content = document(app, [unit for unit in units if unit.app == app])
        yield Release(
            environment=environment, number=1, document=write(content), digest=digest(content)
        )


def _rollout(service: Service) -> Rollout:
    return Rollout(service=service, live="blue", new="green")


def _blue(service: Service, unit: Unit, release: Release) -> Colour:
    return Colour(
        service=service,
        colour="blue",
        acknowledged=unit.count,
        acknowledged_at=timezone.now(),
        at_most=unit.count,
        mark=1,
        index=FIRST_INDEX,
        release=release,
        verified=True,
        bears_slug=True,
        job=job(unit, "blue"),
    )


def _green(service: Service, unit: Unit, release: Release) -> Colour:
    return Colour(
        service=service, colour="green", index=FIRST_INDEX, release=release, job=job(unit, "green")
    )


def _links(services: Sequence[Service], resources: Mapping[str, Resource]) -> None:
    _made(
        Link,
        (
            Link(
                service=row,
                variable="REDIS_URL",
                to_resource=resources[row.environment.app.slug],
            )
            for row in services
        ),
    )
