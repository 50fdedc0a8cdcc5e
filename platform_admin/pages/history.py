"""What happened in an environment or to a service: releases, deployments, scalings, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet
from django.urls import reverse

from platform_admin.models import Deployment, Environment, Release, ScalingEvent, Service
from platform_admin.models.event import ScalingEvent as Event
from platform_admin.pages import scalings
from platform_admin.pages.decided import decided_because
from platform_admin.pages.scalings import Run
from platform_admin.pages.who import who
from platform_admin.pages.words import duration

MOST = 12


@dataclass(frozen=True)
class Happening:
    """One thing that happened; `look` is its state's shape, `url` where it is told in full."""

    at: datetime
    look: str
    words: str
    who: str
    url: str


def of_environment(environment: Environment, most: int = MOST) -> list[Happening]:
    """The latest happenings of the environment, newest first."""
    found = [
        *_deployments(environment, environment.deployments.all(), most),
        *_releases(environment, most),
        *_runs(environment, most),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:most]


def scalings_of(service: Service, most: int = MOST) -> list[Happening]:
    """The latest changes of a service's count, newest first."""
    rows = service.scaling_events.filter(outcome=Event.Outcome.APPLIED)
    found = rows.select_related("service__policy", "actor").order_by("-at", "-pk")[:most]
    return [_scaling(service.environment, row) for row in found]


def suspended_by(service: Service) -> str:
    """Who suspended it; "" where it is not, or nobody is known."""
    if service.suspended_at is None:
        return ""
    row = service.scaling_events.filter(at=service.suspended_at).select_related("actor").first()
    return who(row) if row else ""


def _deployments(
    environment: Environment, rows: QuerySet[Deployment], most: int
) -> list[Happening]:
    return [
        Happening(
            row.finished_at or row.created_at,
            look_of(row),
            f"{_name(row)} of release {row.release.number}: {row.get_state_display()}",
            _who(row.actor),
            _url("deployment", environment, row.number),
        )
        for row in rows.select_related("release", "actor").order_by("-pk")[:most]
    ]


def _name(row: Deployment) -> str:
    return f"{'Restart' if row.restart else 'Deployment'} {row.number}"


def _releases(environment: Environment, most: int) -> list[Happening]:
    rows = environment.releases.select_related("author").order_by("-pk")[:most]
    return [
        Happening(
            row.created_at,
            "changed",
            _release_words(row),
            _who(row.author),
            _url("release", environment, row.number),
        )
        for row in rows
    ]


def _release_words(row: Release) -> str:
    return f"Release {row.number}: {row.note}" if row.note else f"Release {row.number}"


def _runs(environment: Environment, most: int) -> list[Happening]:
    """Each change that stands alone with its reason, the scaler's runs in one line each."""
    found = scalings.runs(environment, most)
    rows = ScalingEvent.objects.select_related("service__policy", "actor")
    newest = rows.in_bulk([run.newest for run in found])
    return [
        _run(environment, run, newest[run.newest])
        if run.many > 1
        else _scaling(environment, newest[run.newest])
        for run in found
        if run.newest in newest
    ]


def _run(environment: Environment, run: Run, newest: ScalingEvent) -> Happening:
    took = duration((run.until - run.since).total_seconds())
    many = f"at least {run.many}" if run.more else f"{run.many}"
    return Happening(
        run.until,
        _look(newest),
        f"{run.service} scaled {many} times between {run.low} and {run.high} in {took}",
        who(newest),
        f"{_url('service_scaling', environment, run.service)}#events-title",
    )


def _scaling(environment: Environment, row: ScalingEvent) -> Happening:
    address = _url("service", environment, row.service.name)
    return Happening(row.at, _look(row), _scaling_words(row), who(row), address)


def _look(row: ScalingEvent) -> str:
    return "off" if row.after == 0 else "healthy"


def _scaling_words(row: ScalingEvent) -> str:
    said = f"{row.service.name} from {row.before} to {row.after}"
    reason = row.reason or decided_because(row)
    return f"{said}: {reason}" if reason else said


def _who(user: AbstractBaseUser | None) -> str:
    return user.get_username() if user else "Muster"


def _url(name: str, environment: Environment, last: object) -> str:
    return reverse(name, args=[environment.app.slug, environment.slug, last])


def look_of(deployment: Deployment) -> str:
    """The shape that stands for a deployment's state."""
    if not deployment.ended:
        return "starting"
    return {"succeeded": "healthy", "failed": "failed"}.get(deployment.state, "off")
