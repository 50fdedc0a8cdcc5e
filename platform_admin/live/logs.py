"""The last lines of a service's instances, read from Nomad while somebody looks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from jobs import servers
from jobs.errors import ClusterError
from platform_admin.live.fragment import Fragment, answer
from platform_admin.live.service import InstanceLine, line
from platform_admin.models import Instance, Service
from platform_admin.pages.access import of_service
from platform_admin.rules.permissions import Permission

LAST_BYTES = 16_384
LAST_LINES = 120
MOST_INSTANCES = 6
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Log:
    """What an instance wrote last, or why that is not known."""

    line: InstanceLine
    out: str
    err: str
    problem: str = ""


@of_service(Permission.VIEW_LOGS)
def lines(request: HttpRequest, service: Service) -> HttpResponse:
    """The fragment as it is now."""
    return answer(request, fragment(service, instance_of(request)))


def instance_of(request: HttpRequest) -> str:
    """The id of the instance that was asked for, "" for none; Http404 for what is no id."""
    asked = request.GET.get("instance", "")
    if asked and not _UUID.fullmatch(asked):
        raise Http404("There is no such instance: the ids of instances are UUIDs.")
    return asked


def fragment(service: Service, allocation: str) -> Fragment:
    """The logs of one instance, or of those that run; of the last that ended, if none does."""
    environment = service.environment
    address = [environment.app.slug, environment.slug, service.name]
    chosen = f"?instance={allocation}" if allocation else ""
    shown = _chosen(service, allocation)
    return Fragment(
        name="logs",
        url=reverse("service_logs_live", args=address) + chosen,
        template="service/_logs.html",
        context={
            "environment": environment,
            "service": service,
            "logs": [log_of(each) for each in shown],
            "hidden": service.instances.filter(ended=False).count() - len(shown),
        },
        moving=any(not each.ended for each in shown),
    )


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


def tail(text: str, most: int = LAST_LINES) -> str:
    """The last whole lines of a text."""
    return "\n".join(text.splitlines()[-most:])


def _chosen(service: Service, allocation: str) -> Sequence[Instance]:
    rows = service.instances.all()
    if allocation:
        return list(rows.filter(allocation=allocation))
    running = list(rows.filter(ended=False).order_by("colour", "number")[:MOST_INSTANCES])
    return running or list(rows.order_by("-seen_at")[:1])
