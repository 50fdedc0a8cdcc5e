"""The stages of a deployment as a whole; each is safe to run again, and says what it waits for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F

from jobs.deploy import commands, finish, lease, record, rolling, rows
from jobs.deploy.actions import Rows
from jobs.deploy.evidence import evidence
from jobs.deploy.failing import fail
from jobs.deploy.provision import provide, provide_namespace
from jobs.deploy.turns import ordered
from jobs.document import Document
from jobs.document import read as read_document
from jobs.errors import Conflict
from platform_admin.models import Deployment, DeploymentStep, Rollout
from platform_admin.rules.rollout import Colour, other
from platform_admin.verbs import quota
from platform_admin.verbs.deployments import supersede
from platform_admin.verbs.errors import NoRoom
from platform_admin.verbs.room import NEVER_TWO, never_fits

State = Deployment.State
Done = DeploymentStep.State.DONE

# Until these are left nothing of the new release has been written outside.
WAITING = (State.EMPTYING, State.RESERVING, State.PROVISIONING)
CANCELLABLE = (*WAITING, State.COMMANDING, State.ROLLING)


def advance(deployment: Deployment, holder: str) -> bool:
    """Whether the deployment came a step further; raises ClusterError and NoRoom."""
    if deployment.cancel_requested and deployment.state in CANCELLABLE:
        return fail(deployment, deployment.cancel_reason)
    if deployment.cancel_requested and deployment.state == State.QUEUED:
        finish.end(deployment, State.CANCELLED)
        return False
    return STAGES[deployment.state](deployment, holder)


def _to(deployment: Deployment, state: str, step: str = "") -> bool:
    if step:
        record.step(deployment, step, state=Done)
    still = Deployment.objects.filter(
        pk=deployment.pk,
        state=deployment.state,
        cancel_requested=deployment.cancel_requested,
    )
    return still.update(state=state, state_at=datetime.now(UTC), waits_for="") == 1


def pause(deployment: Deployment) -> None:
    """Move the time limit of the stage on by the pass that found a server away."""
    since = deployment.due_at or datetime.now(UTC)
    away = max(timedelta(), datetime.now(UTC) - since) + rolling.AGAIN
    Deployment.objects.filter(pk=deployment.pk).update(state_at=F("state_at") + away)


def document_of(deployment: Deployment) -> Document:
    """What the deployment's release says; of a restart neither resources nor release commands."""
    document = read_document(deployment.release.document)
    if not deployment.restart:
        return document
    services = tuple(replace(each, release_command=()) for each in document.services)
    return replace(document, services=services, resources=())


def _queued(deployment: Deployment, holder: str) -> bool:
    """Take all services or none; a deployment of them that still waits is superseded."""
    record.step(deployment, "Wait for its turn")
    with transaction.atomic():
        # Without a join: of joined rows Postgres shows what stood there before the lock.
        rollouts = list(
            Rollout.objects.select_for_update()
            .filter(service__in=deployment.services.all())
            .order_by("pk")
        )
        before = _ahead(deployment, rollouts)
        if before is None:
            for rollout in rollouts:
                _take(deployment, rollout)
            if not _to(deployment, State.EMPTYING):
                raise Conflict(f"{deployment} was changed meanwhile", server="muster")
            Deployment.objects.filter(pk=deployment.pk).update(started_at=datetime.now(UTC))
    if before is None:
        record.step(deployment, "Wait for its turn", state=Done)
        return True
    if before.state in WAITING:
        supersede(before, deployment, WAITING)
    record.waits(deployment, f"Waiting for deployment {before.number} of the same services.")
    return False


def _ahead(deployment: Deployment, rollouts: list[Rollout]) -> Deployment | None:
    """The deployment that holds one of the services, or that was queued for one before."""
    holders = {row.deployment_id for row in rollouts} - {None, deployment.pk}
    if holders:
        return Deployment.objects.get(pk=min(holder for holder in holders if holder))
    return (
        Deployment.objects.filter(
            state=State.QUEUED,
            services__in=[row.service_id for row in rollouts],
            pk__lt=deployment.pk,
        )
        .order_by("pk")
        .first()
    )


def _take(deployment: Deployment, rollout: Rollout) -> None:
    live: Colour | None = "blue" if rollout.live == "blue" else "green" if rollout.live else None
    free = Rollout.objects.filter(pk=rollout.pk, deployment__isnull=True)
    taken = free.update(
        deployment=deployment,
        before=live,
        new=other(live) if live else rollout.new,
        at=0,
        next=0,
        moving=False,
        state="empty",
        state_at=datetime.now(UTC),
        version=rollout.version + 1,
    )
    if taken != 1:
        raise Conflict(f"rollout {rollout.pk} is another deployment's", server="muster")


def _emptying(deployment: Deployment, holder: str) -> bool:
    if deployment.rollouts.count() != deployment.services.count():
        raise Conflict(f"{deployment} does not hold its services", server="muster")
    progress = rolling.every(deployment, holder, {"empty"})
    if all(r.state == "emptied" for r in deployment.rollouts.all()):
        return _to(deployment, State.RESERVING, "Empty the idle colours")
    record.step(deployment, "Empty the idle colours")
    return progress


def _reserving(deployment: Deployment, holder: str) -> bool:
    """Reserve one more instance of each service and the resources' new sizes, all or none.

    A service of which never two run needs no room for a second one.
    """
    alone = {each.name for each in document_of(deployment).services if each.kind in NEVER_TWO}
    record.step(deployment, "Reserve quota")
    environment = deployment.environment
    try:
        with transaction.atomic():
            held = quota.locked(environment.app.team)
            for rollout in deployment.rollouts.select_for_update().order_by("pk"):
                Rollout.objects.filter(pk=rollout.pk).update(
                    hold=0 if rollout.service.name in alone else 1, version=rollout.version + 1
                )
                quota.reserve(held, rollout.service)
            if not deployment.restart:
                for resource in environment.resources.filter(external=False).order_by("pk"):
                    quota.reserve_resource(held, resource, deployment.release)
            return _to(deployment, State.PROVISIONING, "Reserve quota")
    except NoRoom as error:
        impossible = never_fits(deployment, document_of(deployment))
        if impossible:
            return fail(deployment, impossible)
        record.step(deployment, "Reserve quota", output=str(error))
        raise


def _provisioning(deployment: Deployment, holder: str) -> bool:
    lease.keep(deployment.pk, holder)
    provide_namespace(deployment)
    waiting = provide(deployment, document_of(deployment))
    if not waiting:
        return _to(deployment, State.COMMANDING)
    sentence = f"Waiting for {', '.join(row.name for row in waiting)} to pass in Consul"
    limit = max(row.start_limit_s for row in waiting)
    since = deployment.state_at or datetime.now(UTC)
    if (datetime.now(UTC) - since).total_seconds() > limit:
        namespace = deployment.environment.app.team.namespace
        proof = evidence(namespace, waiting[0].slug)
        return fail(deployment, f"{sentence}: that did not happen within {limit} s.", proof)
    record.waits(deployment, f"{sentence}.")
    return False


def _commanding(deployment: Deployment, holder: str) -> bool:
    document = document_of(deployment)
    for service in deployment.services.order_by("name"):
        lease.keep(deployment.pk, holder)
        outcome = commands.run(deployment, document, service)
        if isinstance(outcome, commands.Failure):
            return fail(deployment, outcome.reason, outcome.proof)
        if not outcome:
            record.waits(deployment, f"The release command of {service.name} is running.")
            return False
    with transaction.atomic():
        quota.locked(deployment.environment.app.team)
        for rollout in deployment.rollouts.select_for_update().order_by("pk"):
            enter(rollout, "values")
        return _to(deployment, State.ROLLING)


def enter(rollout: Rollout, state: str) -> bool:
    """Whether the service is in `state` now; not where its rollout moved on since it was read."""
    row = rows.rollout_row(rollout)
    changed = Rows(replace(row, state=state, state_at=datetime.now(UTC).timestamp()))
    return rows.write(rollout.service, row.version, changed)


def _rolling(deployment: Deployment, holder: str) -> bool:
    """All side by side to verified; then they shift one after another; then all clean up."""
    turns = ordered(document_of(deployment), deployment.rollouts.select_related("service"))
    waiting = [r for r in turns if r.state == "ready"]
    if waiting and all(r.state in ("ready", "stand_by", "steady") for r in turns):
        return enter(waiting[0], "shift")
    if all(r.state == "steady" for r in turns):
        return _to(deployment, State.CLEANING)
    return rolling.every(deployment, holder, rolling.FORWARD)


def _cleaning(deployment: Deployment, holder: str) -> bool:
    for rollout in deployment.rollouts.filter(state="steady"):
        enter(rollout, "clean")
    progress = rolling.every(deployment, holder, {"clean"})
    if not deployment.rollouts.exists():
        finish.end(deployment, State.SUCCEEDED)
        return False
    return progress


def _undoing(deployment: Deployment, holder: str) -> bool:
    """Those not yet shifted at once, the shifted ones one after another, the last first."""
    turns = ordered(document_of(deployment), deployment.rollouts.select_related("service"))
    for rollout in turns:
        if rollout.state not in ("undo", "undone") and not _shifted(rollout):
            enter(rollout, "undo")
    shifted = [r for r in turns if r.state not in ("undo", "undone") and _shifted(r)]
    if shifted and not any(r.state == "undo" for r in turns):
        return enter(shifted[-1], "undo")
    progress = rolling.every(deployment, holder, {"undo", "undone"})
    if not deployment.rollouts.exists():
        cancelled = deployment.reason == deployment.cancel_reason
        finish.end(deployment, State.CANCELLED if cancelled else State.FAILED)
        return False
    return progress


def _shifted(rollout: Rollout) -> bool:
    """Whether any traffic of the service has begun to move."""
    return bool(rollout.at or rollout.next or rollout.moving or rollout.live != rollout.before)


STAGES: Mapping[str, Callable[[Deployment, str], bool]] = {
    State.QUEUED: _queued,
    State.EMPTYING: _emptying,
    State.RESERVING: _reserving,
    State.PROVISIONING: _provisioning,
    State.COMMANDING: _commanding,
    State.ROLLING: _rolling,
    State.CLEANING: _cleaning,
    State.UNDOING: _undoing,
}
