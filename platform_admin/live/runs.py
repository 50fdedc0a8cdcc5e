"""The live parts of runs: a service's history, and one run with what it writes."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import Run, Service
from platform_admin.pages import clocks
from platform_admin.pages.access import of_service
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

SHOWN = 50
_LOOKS: dict[str, str] = {
    Run.State.ASKED: "starting",
    Run.State.WAITING: "starting",
    Run.State.RUNNING: "starting",
    Run.State.SUCCEEDED: "healthy",
    Run.State.FAILED: "failed",
    Run.State.OVERDUE: "failed",
    Run.State.CANCELLED: "off",
    Run.State.SKIPPED: "off",
}


@dataclass(frozen=True)
class Line:
    """A run as a list shows it."""

    row: Run
    look: str
    who: str
    took: str


@of_service(Permission.VIEW_APP)
def history(request: HttpRequest, service: Service) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, history_of(service))


@of_service(Permission.VIEW_APP)
def one(request: HttpRequest, service: Service, run: int) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, fragment(actor_of(request), found(service, run)))


def found(service: Service, run: int) -> Run:
    """The service's run of that number; Http404 for another's or none."""
    row = service.runs.select_related("actor", "release", "deployment").filter(pk=run).first()
    if row is None:
        raise Http404("There is no such run: the newest are kept.")
    return row


def history_of(service: Service) -> Fragment:
    """The newest runs, and of a cron the next ones."""
    environment = service.environment
    cron = service.kind == Service.Kind.CRON
    runs = lines(service)
    return Fragment(
        name="runs",
        url=reverse("service_runs_live", args=_address(service)),
        template="runs/_list.html",
        context={
            "environment": environment,
            "service": service,
            "clock": clocks.of_service(service, timezone.now()) if cron else None,
            "runs": runs,
        },
        moving=any(each.row.open for each in runs),
    )


def lines(service: Service, most: int = SHOWN) -> list[Line]:
    """The newest runs of a service."""
    rows = service.runs.select_related("actor", "release", "deployment").defer("log")
    return [line(row) for row in rows[:most]]


def line(row: Run) -> Line:
    """The run with its shape, and who began it."""
    return Line(row, _LOOKS[row.state], _who(row), clocks.took(row))


def fragment(actor: Actor, run: Run) -> Fragment:
    """One run: how it stands, and what it wrote, for those who may read logs."""
    service = run.service
    team = service.environment.app.team
    return Fragment(
        name="run",
        url=reverse("service_run_live", args=[*_address(service), run.pk]),
        template="runs/_run.html",
        context={
            "environment": service.environment,
            "service": service,
            "run": run,
            "line": line(run),
            "may_run": scope.allowed(actor, team, Permission.RUN),
            "may_read_logs": scope.allowed(actor, team, Permission.VIEW_LOGS),
        },
        moving=run.open,
        ended=not run.open,
    )


def _who(row: Run) -> str:
    if row.actor is not None:
        return row.actor.get_username()
    if row.kind == Run.Kind.HAND:
        return "somebody in Nomad"
    return "the clock" if row.kind == Run.Kind.CLOCK else "Muster"


def _address(service: Service) -> list[str]:
    environment = service.environment
    return [environment.app.slug, environment.slug, service.name]
