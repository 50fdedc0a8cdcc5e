"""Runs that a person asks for: of a cron, or of a command in a service's environment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from jobs.document import ServiceDoc
from platform_admin.models import Release, Run, Service
from platform_admin.rules.permissions import Permission
from platform_admin.rules.quota import Use
from platform_admin.rules.runs import DEFAULT_LIMIT_S, command_errors, on_one_line
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.live import live_doc, live_release
from platform_admin.verbs.locks import locked_service
from platform_admin.verbs.queue import enqueue
from platform_admin.verbs.quota import locked, reserve_run
from platform_admin.verbs.scope import require

QUEUE = "deploy"
STEP = "jobs.runs.loop.step"
BY_CLOCK = (Run.Kind.CLOCK, Run.Kind.HAND)
START_TAKES = timedelta(minutes=1)
"""How long after it was claimed a start may still reach Nomad."""


@transaction.atomic
def run_now(actor: Actor, service: Service) -> Run:
    """The asked run of a cron, outside of its schedule. Invalid: run, where it may not start.

    Nomad starts what it is asked to even beside another run: that there is none is seen to here.
    """
    team = service.environment.app.team
    require(actor, team, Permission.RUN)
    service = locked_service(service)
    if service.kind != Service.Kind.CRON:
        raise Invalid({"run": [f"{service.name} is no cron: run a command in it instead."]})
    release, doc = live_of(service)
    if not service.desired:
        said = f"{service.name} is suspended: resume it first."
        raise Invalid({"run": [said]})
    going = service.runs.filter(kind__in=BY_CLOCK, state__in=Run.OPEN).first()
    if going is not None:
        said = f"A run of {service.name} is under way: wait until it ends, or cancel it."
        raise Invalid({"run": [said]})
    run = Run.objects.create(
        service=service,
        kind=Run.Kind.HAND,
        command=on_one_line(doc.command),
        release=release,
        actor=actor.user,
        limit_s=doc.time_limit_s or DEFAULT_LIMIT_S,
        launch_at=timezone.now(),
    )
    return _asked(actor, run, "run now")


@transaction.atomic
def run_once(actor: Actor, service: Service, command: str, limit_s: int = DEFAULT_LIMIT_S) -> Run:
    """The asked run of a command, with the live release's program, variables and links.

    Invalid by field: command, limit_s; run, where nothing of the service is live. NoRoom.
    """
    team = service.environment.app.team
    require(actor, team, Permission.RUN)
    quota = locked(team)
    service = locked_service(service)
    errors = command_errors(command, limit_s)
    if errors:
        raise Invalid(errors)
    release, doc = live_of(service)
    run = Run.objects.create(
        service=service,
        kind=Run.Kind.ONCE,
        command=command.strip(),
        release=release,
        actor=actor.user,
        limit_s=limit_s,
        launch_at=timezone.now(),
    )
    reserve_run(quota, run, Use(1, doc.cpu_mhz, doc.memory_mb))
    return _asked(actor, run, "run command")


@transaction.atomic
def cancel_run(actor: Actor, run: Run) -> Run:
    """The run, asked to end. Invalid: run (it has ended, or is a release command)."""
    team = run.service.environment.app.team
    require(actor, team, Permission.RUN)
    if run.kind == Run.Kind.RELEASE:
        said = "A release command ends with its deployment: cancel that."
        raise Invalid({"run": [said]})
    asked = Run.objects.filter(pk=run.pk, state__in=Run.OPEN, cancelled_by="")
    done = asked.update(cancelled_by=actor.name)
    run.refresh_from_db()
    if not run.open:
        raise Invalid({"run": [f"The run has {run.get_state_display()} already."]})
    if done:
        audit.record(actor, "cancel run", run, team=team)
        enqueue(QUEUE, STEP, run.pk)
    return run


def claim(run: Run, **known: object) -> bool:
    """Whether this worker, and no other one ever, is to ask Nomad to start the run.

    Not where it was cancelled, or its service is being deleted.
    """
    now = timezone.now()
    # No join: in one the conditions would be those of the rows as this statement began.
    free = Run.objects.filter(
        pk=run.pk,
        state=Run.State.ASKED,
        tried_at=None,
        cancelled_by="",
        service__in=Service.objects.filter(deletion__isnull=True),
    )
    if free.update(tried_at=now, **known) != 1:
        return False
    run.tried_at = now
    for name, value in known.items():
        setattr(run, name, value)
    return True


def end_unstarted(services: Iterable[Service]) -> None:
    """Ends what was asked for of services that go, and that nobody has begun to start."""
    unstarted = Run.objects.filter(service__in=services, state=Run.State.ASKED, tried_at=None)
    said = "Its service is being deleted."
    unstarted.update(state=Run.State.CANCELLED, reason=said, ended_at=timezone.now())


def is_starting(service: Service) -> bool:
    """Whether somebody may be about to start a run of the service."""
    asked = service.runs.filter(state=Run.State.ASKED)
    return asked.filter(tried_at__gt=timezone.now() - START_TAKES).exists()


def live_of(service: Service) -> tuple[Release, ServiceDoc]:
    """The release that is live of a service, and the service in it. Invalid: run, for none."""
    release, doc = live_release(service), live_doc(service)
    if release is None or doc is None:
        said = f"Nothing of {service.name} is live: release and deploy it first."
        raise Invalid({"run": [said]})
    return release, doc


def _asked(actor: Actor, run: Run, verb: str) -> Run:
    after = {"command": run.command, "limit_s": run.limit_s}
    audit.record(actor, verb, run, team=run.service.environment.app.team, after=after)
    enqueue(QUEUE, STEP, run.pk)
    return run
