"""What earlier deployments left, set by hand: quicker than to deploy."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from jobs.deploy import reading, rows
from jobs.deploy.effects import Context
from jobs.deploy.place import place
from jobs.document import read
from jobs.specs import service_job
from platform_admin.models import Colour, Deployment, Rollout, Service
from platform_admin.rules.rollout import Colour as ColourName
from platform_admin.verbs import quota
from platform_admin.verbs.releases import release
from tests.jobs.deploy.driven.drive import look
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World


def stand(world: World, cluster: Inside, service: Service, count: int = 2) -> Service:
    """The service, live on blue with healthy instances that bear its slug."""
    Service.objects.filter(pk=service.pk).update(desired=count)
    made = release(world.dana, world.environment)
    make_live(service, made)
    doc = read(made.document).service(service.name)
    assert doc is not None
    job = service_job(
        doc,
        app="shop",
        environment="production",
        colour="blue",
        release=made.number,
        place=place(world.environment),
        with_slug=True,
    )
    cluster.nomad.ensure_namespace(NAMESPACE, "")
    group = job["TaskGroups"][0]
    counted = job | {"TaskGroups": [group | {"Count": count}]}
    index = cluster.nomad.register(counted).job_modify_index
    Colour.objects.filter(service=service, colour="blue").update(
        job=job, index=index, bears_slug=service.has_port, acknowledged_at=datetime.now(UTC)
    )
    with transaction.atomic():
        quota.reserve(quota.locked(world.team), service)
    look(cluster)
    service.refresh_from_db()
    return service


def rolling(world: World, service: Service, state: str) -> Deployment:
    """A deployment of the last release that has brought the service to this state, on green."""
    made = release(world.dana, world.environment)
    deployment = world.environment.deployments.create(
        number=world.environment.deployments.count() + 1,
        release=made,
        state=Deployment.State.ROLLING,
        lease_holder="me",
        lease_until=datetime.now(UTC).replace(year=2100),
    )
    deployment.services.add(service)
    hold(deployment, service, state=state, state_at=datetime.now(UTC))
    Colour.objects.filter(service=service, colour="green").update(release=made)
    return deployment


def hold(deployment: Deployment, service: Service, **changes: object) -> None:
    """The deployment has taken the service, whose rollout stands so."""
    rollout = Rollout.objects.filter(service=service)
    live: str | None = rollout.get().live
    new = "green" if live == "blue" else "blue"
    rollout.update(**{"deployment": deployment, "before": live, "new": new, **changes})


def context(deployment: Deployment, service: Service) -> Context:
    """What an action on the service works on, read just now."""
    loaded = rows.read(service.pk)
    document = read(deployment.release.document)
    doc = document.service(service.name)
    assert doc is not None
    return Context(loaded, reading.read(loaded, doc), deployment.release, document, doc)


def colour(service: Service, name: ColourName) -> Colour:
    """The row of a colour as it stands."""
    return Colour.objects.get(service=service, colour=name)
