"""What the instances of a service wrote last, and which there are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from jobs import servers
from jobs.errors import ClusterError, Missing
from jobs.logs.text import without_codes
from platform_admin.live.fragment import Fragment, answer
from platform_admin.live.service import InstanceLine, line
from platform_admin.models import Instance, Service
from platform_admin.pages.access import of_service
from platform_admin.pages.happened import Happening, happenings
from platform_admin.pages.log_asked import query, read_asked
from platform_admin.rules.permissions import Permission

LAST_BYTES = 16_384
LAST_LINES = 120
MOST_INSTANCES = 6
LISTED = 20


@dataclass(frozen=True)
class Log:
    """What an instance wrote last, or why that is not known."""

    line: InstanceLine
    out: str
    err: str
    problem: str = ""


@dataclass(frozen=True)
class Story:
    """What happened to an instance, or why that is not known."""

    told: tuple[Happening, ...] = ()
    problem: str = ""
    forgotten: bool = False


@of_service(Permission.VIEW_LOGS)
def lines(request: HttpRequest, service: Service) -> HttpResponse:
    """The ends of all logs as they are now."""
    return answer(request, ends(service, again=True))


@of_service(Permission.VIEW_LOGS)
def whose(request: HttpRequest, service: Service) -> HttpResponse:
    """The instances as they are now, and what happened to the one that was chosen."""
    every = "all" in request.GET
    return answer(
        request, instances(service, read_asked(request).instance, every=every, again=True)
    )


def ends(service: Service, *, again: bool = False) -> Fragment:
    """The last lines of the instances that run; of the one that ended last, if none does.

    Where it is asked for `again`, what can not be read stays as the page has it.
    """
    environment = service.environment
    shown = _running(service)
    return Fragment(
        name="logs",
        url=_address("service_logs_live", service),
        template="service/_logs.html",
        context={
            "environment": environment,
            "service": service,
            "logs": [log_of(each) for each in shown],
            "hidden": service.instances.filter(ended=False).count() - len(shown),
            "again": again,
        },
        moving=any(not each.ended for each in shown),
    )


def instances(
    service: Service, allocation: str, *, every: bool = False, again: bool = False
) -> Fragment:
    """The service's instances, each with its state, and what happened to the chosen one."""
    rows = newest_first(service)
    present, total = rows.filter(ended=False).count(), rows.count()
    shown = [line(row) for row in (rows if every else rows[:LISTED])]
    chosen = rows.filter(allocation=allocation).first() if allocation else None
    asked = query(allocation, all="1" if every else "")
    return Fragment(
        name="whose",
        url=_address("service_log_whose_live", service) + asked,
        template="service/_log_whose.html",
        context={
            "service": service,
            "instances": shown,
            "running": present,
            "ended": total - present,
            "hidden": total - len(shown),
            "allocation": allocation,
            "chosen": line(chosen) if chosen else None,
            "story": story(chosen) if chosen else None,
            "again": again,
        },
        moving=any(each.look == "starting" for each in shown),
    )


def newest_first(service: Service) -> QuerySet[Instance]:
    """Those that run, then those that ended; the newest of each first."""
    begun = Coalesce(F("started_at"), F("seen_at"))
    return service.instances.order_by("ended", begun.desc(), "allocation")


def log_of(instance: Instance) -> Log:
    """The last lines of an instance's two streams."""
    client = servers.nomad()
    try:
        out, err = (
            tail(client.logs(instance.allocation, stream=stream, last_bytes=LAST_BYTES))
            for stream in ("stdout", "stderr")
        )
    except ClusterError as error:
        return Log(line(instance), "", "", f"Its log could not be read: {error}")
    return Log(line(instance), out, err)


def story(instance: Instance) -> Story:
    """What happened to an instance, as Nomad tells it."""
    try:
        events = servers.nomad().events(instance.allocation)
    except Missing:
        return Story(forgotten=True)
    except ClusterError as error:
        return Story(problem=str(error))
    return Story(tuple(happenings(instance, events)))


def tail(text: str, most: int = LAST_LINES) -> str:
    """The last whole lines of a text."""
    return "\n".join(without_codes(text).removesuffix("\n").split("\n")[-most:])


def _running(service: Service) -> list[Instance]:
    rows = service.instances.order_by("colour", "number")
    running = list(rows.filter(ended=False)[:MOST_INSTANCES])
    return running or list(service.instances.order_by("-seen_at")[:1])


def _address(view: str, service: Service) -> str:
    environment = service.environment
    return reverse(view, args=[environment.app.slug, environment.slug, service.name])
