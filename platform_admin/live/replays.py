"""The live part of the scaling page: how far a replay is, and what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from platform_admin.live.fragment import Fragment, answer, html
from platform_admin.models import Service
from platform_admin.pages.access import of_service
from platform_admin.pages.render import actor_of
from platform_admin.pages.replay import shown
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.replays import Replay, person, replay_of

GONE = "This replay is not kept any more: start it again."


@of_service(Permission.VIEW_APP)
def now(request: HttpRequest, service: Service, replay: str) -> HttpResponse:
    """The fragment as it is now; one that is gone says so, and asks no more."""
    found = replay_of(service.pk, person(actor_of(request)), replay)
    part = fragment(service, replay, found)
    return answer(request, part) if found else HttpResponse(html(request, part))


def fragment(service: Service, name: str, replay: Replay | None) -> Fragment:
    """Progress, and then the chart; while one runs, what came of the one before stays in sight."""
    environment = service.environment
    worker = service.kind == Service.Kind.WORKER
    result = replay.result or replay.before if replay else None
    return Fragment(
        name="replay",
        url=reverse(
            "service_scaling_replay_live",
            args=[environment.app.slug, environment.slug, service.name, name],
        ),
        template="scaling/_replayed.html",
        context={
            "environment": environment,
            "service": service,
            "name": name,
            "running": replay if replay and not replay.ended else None,
            "trouble": replay.trouble if replay else GONE,
            "shown": shown(result, worker=worker) if result else None,
        },
        moving=True,
        ended=replay is None or replay.ended,
    )
