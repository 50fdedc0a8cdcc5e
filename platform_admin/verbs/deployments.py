from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from jobs.document import Document, changed, read
from platform_admin.models import Colour, Deployment, Environment, Release, Rollout, Service
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import SYSTEM, Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.locks import locked_environment
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.releases import restore
from platform_admin.verbs.scope import require

QUEUE = "deploy"
STEP = "jobs.deploy.loop.step"


@transaction.atomic
def deploy(actor: Actor, release: Release, services: Sequence[Service] | None = None) -> Deployment:
    """A queued deployment of the services that the release changes, or of these.

    The one that is already under way to the same release with the same services is returned
    instead. A service that was deleted since is left out. Invalid: release (nothing to deploy),
    services (not of this release, or in need of what was deleted).
    """
    require(actor, release.environment.app.team, Permission.DEPLOY)
    environment = locked_environment(release.environment)
    document = read(release.document)
    chosen = _chosen(environment, document, services)
    touched = chosen if services is not None else _touched(environment, document, chosen)
    _check_needs(environment, document, touched)
    same = _under_way(environment, release, touched)
    if same is not None:
        return same
    if not touched and _resources_stand(environment, document):
        raise Invalid({"release": [_nothing_to_do(release)]})
    return queue(actor, environment, release, touched)


@transaction.atomic
def roll_back(actor: Actor, environment: Environment, number: int) -> Deployment:
    """A queued deployment of a new release with release `number`'s content.

    Unknown: no such release. Invalid: release (that content is live already).
    """
    require(actor, environment.app.team, Permission.DEPLOY)
    return deploy(actor, restore(actor, environment, number))


@transaction.atomic
def cancel(actor: Actor, deployment: Deployment) -> Deployment:
    """The deployment, asked to put back what was live. Invalid: deployment (it has ended)."""
    team = deployment.environment.app.team
    require(actor, team, Permission.DEPLOY)
    open_ = Deployment.objects.filter(pk=deployment.pk).exclude(
        state__in=(*Deployment.ENDED, Deployment.State.CLEANING)
    )
    asked = open_.filter(cancel_requested=False).update(
        cancel_requested=True, cancel_reason=f"Cancelled by {actor.name}.", due_at=None
    )
    deployment.refresh_from_db()
    if deployment.ended or deployment.state == Deployment.State.CLEANING:
        how = "is live" if not deployment.ended else f"has {deployment.state}"
        said = f"Deployment {deployment.number} {how} already."
        raise Invalid({"deployment": [said]})
    if asked:
        audit.record(actor, "cancel deployment", deployment, team=team)
        enqueue(QUEUE, STEP, deployment.pk)
    return deployment


def supersede(older: Deployment, newer: Deployment, waiting: Sequence[str]) -> None:
    """Asks a deployment to make way for a newer one of the same services, if it still waits."""
    reason = f"Deployment {newer.number} took its place."
    open_ = Deployment.objects.filter(pk=older.pk, state__in=waiting)
    if open_.filter(cancel_requested=False).update(cancel_requested=True, cancel_reason=reason):
        team = older.environment.app.team
        audit.record(SYSTEM, "supersede deployment", older, team=team, after={"reason": reason})


def touched_services(release: Release) -> list[Service]:
    """What deploying this release now would touch, in the order of names; nothing is changed."""
    environment = release.environment
    document = read(release.document)
    return _touched(environment, document, _chosen(environment, document, None))


def _chosen(
    environment: Environment, document: Document, services: Sequence[Service] | None
) -> list[Service]:
    """The rows of the document's services, or of the named ones among them."""
    rows = environment.services.filter(deletion__isnull=True).order_by("name")
    known = {row.name: row for row in rows.select_related("rollout")}
    wanted = [each.name for each in document.services]
    if services is not None:
        _check_named(environment, document, services)
        wanted = sorted({service.name for service in services})
    chosen = [known[name] for name in wanted if name in known]
    if wanted and not chosen:
        said = f"{environment} has none of the release's services any more: release its draft."
        raise Invalid({"services": [said]})
    return chosen


def _check_needs(environment: Environment, document: Document, services: Sequence[Service]) -> None:
    """What a release from before a deletion can not have again: what was deleted, or its kind."""
    there = {*environment.services.filter(deletion__isnull=True).values_list("name", flat=True)}
    there |= {*environment.resources.filter(deletion__isnull=True).values_list("name", flat=True)}
    said = []
    for service in services:
        doc = document.service(service.name)
        if doc is None:
            continue
        gone = sorted({link.target for link in doc.links} - there)
        if gone:
            said.append(f"{service.name} has a link to {', '.join(gone)}, which was deleted.")
        if doc.kind != service.kind:
            said.append(
                f"{service.name} was a {doc.kind} service in it, which was deleted;"
                f" it is a {service.kind} one now."
            )
    if said:
        said.append("Deploy another release, or release the draft.")
        raise Invalid({"services": [" ".join(said)]})


def _check_named(environment: Environment, document: Document, services: Sequence[Service]) -> None:
    for service in services:
        if service.environment_id != environment.pk or document.service(service.name) is None:
            said = f"{service.name} is not in this release: choose among its services."
            raise Invalid({"services": [said]})


def _touched(
    environment: Environment, document: Document, services: Sequence[Service]
) -> list[Service]:
    """Those of which another content is live, or under way and not yet decided."""
    moving = _moving(environment)
    return [row for row in services if row.pk in moving or _differs(row, document)]


def _differs(service: Service, document: Document) -> bool:
    """Whether what is live of the service is not what the document says."""
    wanted = document.service(service.name)
    rollout = Rollout.objects.get(service=service)
    colour = Colour.objects.filter(service=service, colour=rollout.live).select_related("release")
    live = colour.first() if rollout.live else None
    if live is None or live.release is None or wanted is None or live.drift:
        return True
    return changed(read(live.release.document).service(service.name), wanted)


def _moving(environment: Environment) -> set[int]:
    """The services of deployments that have not ended: what will be live is not known yet."""
    return set(
        Service.objects.filter(deployments__in=running(environment)).values_list("pk", flat=True)
    )


def running(environment: Environment) -> QuerySet[Deployment]:
    """The environment's deployments that have not ended."""
    return Deployment.objects.filter(environment=environment).exclude(state__in=Deployment.ENDED)


def _under_way(
    environment: Environment, release: Release, touched: Sequence[Service]
) -> Deployment | None:
    """The newest deployment, where it already brings this about: a second click makes none."""
    last = running(environment).order_by("-number").first()
    if last is None or last.release_id != release.pk or last.cancel_requested:
        return None
    if last.restart or last.state == Deployment.State.UNDOING:
        return None
    same = set(last.services.values_list("pk", flat=True)) == {row.pk for row in touched}
    return last if same else None


def _resources_stand(environment: Environment, document: Document) -> bool:
    """Whether the resources are as the last deployment that succeeded left them."""
    done = Deployment.objects.filter(
        environment=environment, state=Deployment.State.SUCCEEDED, restart=False
    )
    last = done.order_by("-number").select_related("release").first()
    stood = read(last.release.document).resources if last else ()
    there = set(environment.resources.filter(deletion__isnull=True).values_list("name", flat=True))
    return all(each in stood for each in document.resources if each.name in there)


def _nothing_to_do(release: Release) -> str:
    return (
        f"Nothing differs from what is live: release {release.number} is in place already. Change"
        " the draft and release it."
    )


def queue(
    actor: Actor,
    environment: Environment,
    release: Release,
    services: Sequence[Service],
    *,
    restart: bool = False,
) -> Deployment:
    """The next deployment; the environment is locked, so numbers are dense."""
    numbers = Deployment.objects.filter(environment=environment).order_by("-number")
    last = numbers.values_list("number", flat=True).first()
    deployment = Deployment.objects.create(
        environment=environment,
        number=(last or 0) + 1,
        release=release,
        actor=actor.user,
        restart=restart,
    )
    deployment.services.set(services)
    after = {
        "number": deployment.number,
        "release": release.number,
        "services": [row.name for row in services],
    }
    verb = "restart" if restart else "deploy"
    audit.record(actor, verb, deployment, team=environment.app.team, after=after)
    enqueue(QUEUE, STEP, deployment.pk)
    return deployment
