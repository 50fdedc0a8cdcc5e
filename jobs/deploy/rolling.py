"""One pass over the services of a deployment: apply, read, decide, carry out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F

from jobs.deploy import apply, effects, gap, lease, reading, record, rows, unhealthy
from jobs.deploy.actions import Action, Done, Fail, Wait
from jobs.deploy.decide import decide
from jobs.deploy.effects import Context
from jobs.deploy.evidence import evidence
from jobs.deploy.failing import fail
from jobs.deploy.rows import ServiceRows
from jobs.deploy.steps import said
from jobs.deploy.view import View
from jobs.document import read as read_document
from jobs.document.types import ALONE
from jobs.errors import Conflict, Refused, Unavailable
from jobs.specs import names
from platform_admin.models import Deployment, DeploymentStep, Rollout, Service
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.errors import NoRoom
from platform_admin.verbs.room import room

# How long a deployment that waits is left alone.
AGAIN = timedelta(seconds=1)

FORWARD = ("values", "register", "watch", "ready", "shift", "start", "slug_off", "stand_by",
    "steady")  # fmt: skip


def every(deployment: Deployment, holder: str, states: Collection[str]) -> bool:
    """Whether any of the deployment's services in these states came further.

    The deployment says what those that did not wait for.
    """
    mine = deployment.rollouts.filter(state__in=states).select_related("service").order_by("pk")
    waits = [_try(deployment, holder, rollout.service) for rollout in mine]
    record.waits(deployment, " ".join(filter(None, waits)))
    return not all(waits)


def _try(deployment: Deployment, holder: str, service: Service) -> str:
    """What the service waits for, "" where it came further: one's trouble stops no other."""
    try:
        return _pass(deployment, holder, service.pk)
    except Conflict as error:
        # Somebody else wrote first: what is read next tells what is left to do.
        return f"{service.name}: {error.message}; reading again."
    except Unavailable as error:
        pause(service, deployment)
        return f"{service.name}: {error.message}."
    except NoRoom as error:
        return f"{service.name}: {error}"
    except (Refused, SealError, LookupError) as error:
        reason = f"{service.name}: {error}."
    except ObjectDoesNotExist as error:
        reason = f"{service.name}: something that the release names is gone: {error}"
    return "" if fail(deployment, reason) else reason


def pause(service: Service, deployment: Deployment) -> None:
    """Move the service's time limit on by the pass that found a server away."""
    since = deployment.due_at or datetime.now(UTC)
    away = max(timedelta(), datetime.now(UTC) - since) + AGAIN
    held = Rollout.objects.filter(service=service, deployment=deployment)
    held.update(state_at=F("state_at") + away)


def _pass(deployment: Deployment, holder: str, service_id: int) -> str:
    """What the service waits for, as a sentence; "" where it came further."""
    loaded = rows.read(service_id)
    if not apply.settled(loaded):
        apply.run(service_id)
        loaded = rows.read(service_id)
    context = _context(deployment, loaded)
    actions = decide(view_of(context))
    lease.keep(deployment.pk, holder)
    for action in actions:
        waits = _carry_out(deployment, context, action)
        if waits:
            return waits
    after = rows.read(service_id)
    if context.doc.kind in ALONE:
        gap.measure(deployment, after)
    if after.rollout.state != loaded.rollout.state:
        record.end_running(deployment, DeploymentStep.State.DONE, loaded.service)
    return ""


def _carry_out(deployment: Deployment, context: Context, action: Action) -> str:
    """What the service waits for instead of the next action, "" where that may follow."""
    service, rollout = context.loaded.service, context.loaded.rollout
    if isinstance(action, Fail):
        proof = evidence(context.namespace, names.job_of(service.kind, service.slug, rollout.new))
        why = unhealthy.why(service, rollout.new, proof)
        fail(deployment, f"{service.name}: {action.reason}. {why}".strip(), proof)
        return ""
    said(deployment, service, rollout.state, action)
    if isinstance(action, Wait):
        return f"{service.name}: {action.reason}."
    if not isinstance(action, Done):
        effects.perform(action, context)
    return ""


def _context(deployment: Deployment, loaded: ServiceRows) -> Context:
    document = read_document(deployment.release.document)
    doc = document.service(loaded.service.name)
    if doc is None:
        raise LookupError(f"{loaded.service.name} is not in {deployment.release}")
    return Context(loaded, reading.read(loaded, doc), deployment.release, document, doc)


def view_of(context: Context) -> View:
    """What the decision about the service reads."""
    loaded = context.loaded
    return View(
        now=datetime.now(UTC).timestamp(),
        desired=loaded.service.desired,
        has_port=context.doc.port is not None,
        start_limit_s=context.doc.start_limit_s,
        release=context.release.pk,
        room=_room(loaded.service, loaded),
        rollout=loaded.rollout,
        blue=loaded.blue,
        green=loaded.green,
        facts=context.reading.facts,
        by_clock=context.doc.kind in names.ONE_JOB,
        alone=context.doc.kind in ALONE,
    )


def _room(service: Service, loaded: ServiceRows) -> int:
    least = loaded.service.desired + loaded.rollout.hold
    return max(least, room(service))
