"""Breaking the example, at the press of a button on its web service's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from platform_admin.demo.faults import break_it
from platform_admin.models import Fault, Service
from platform_admin.pages.access import of_service
from platform_admin.pages.faulted import Line, lines
from platform_admin.pages.render import actor_of
from platform_admin.rules.faults import Kind
from platform_admin.rules.permissions import Permission
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.faults import may_break, recent_faults
from platform_admin.verbs.traffic import Traffic

SHOWN = 6


@dataclass(frozen=True)
class Button:
    """One way to break it: what is asked before, and what the second press is called."""

    kind: Kind
    name: str
    question: str
    yes: str


BUTTONS = (
    Button(
        Kind.STOP,
        "Stop an instance gently",
        "Nomad is asked to stop one healthy instance: it leaves the edge, finishes what it works"
        " on, and another one takes its place. No request should fail.",
        "Stop one",
    ),
    Button(
        Kind.KILL,
        "Kill an instance (-9)",
        "The process of one instance ends at once, by SIGKILL. The requests that it was working on"
        " may fail; they are counted apart. Nomad starts it again.",
        "Kill one",
    ),
    Button(
        Kind.CUT,
        "Cut off Nomad for 20 s",
        "Nothing of Muster reaches Nomad for 20 s, for all apps of this platform. Apps go on"
        " running, and it ends by itself.",
        "Cut it off",
    ),
    Button(
        Kind.SILENCE,
        "Silence the metrics for 60 s",
        "For 60 s nothing is read from the edge about this app's services. Nothing is scaled in"
        " on what is not known, and it ends by itself.",
        "Silence them",
    ),
)


@dataclass(frozen=True)
class Broken:
    """What the page shows: the buttons, what was done in the last hour, and what goes on now."""

    buttons: Sequence[Button]
    lines: Sequence[Line]
    silent_until: datetime | None
    going: bool
    killed: int


def broken(service: Service, sent: Traffic | None, now: datetime) -> Broken | None:
    """What is shown of faults; None where nothing may be broken.

    `killed`: how many requests of this traffic failed while an instance was killed.
    """
    if not may_break(service):
        return None
    found = recent_faults(service, now)
    going = next((each for each in found if each.goes_on(now)), None)
    silent = going is not None and going.kind == Kind.SILENCE
    return Broken(
        buttons=BUTTONS,
        lines=lines(found[:SHOWN], now),
        silent_until=going.until if going and silent else None,
        going=going is not None,
        killed=_killed(found, sent),
    )


@of_service(Permission.SCALE)
@require_POST
def start(request: HttpRequest, service: Service, kind: str) -> HttpResponse:
    """Breaks the example in this way, then shows the service's page."""
    button = next((each for each in BUTTONS if each.kind == kind), None)
    if button is None:
        raise Http404("There is no such way to break it.")
    try:
        why = break_it(actor_of(request), service, button.kind, timezone.now())
    except Invalid as error:
        messages.error(request, str(error))
    else:
        if why:
            messages.error(request, f"{button.name}: this failed. {why}.")
        else:
            messages.success(request, f"{button.name}: done. Below it says what follows.")
    environment = service.environment
    return redirect("service", environment.app.slug, environment.slug, service.name)


def _killed(found: Sequence[Fault], sent: Traffic | None) -> int:
    if sent is None or sent.since is None:
        return 0
    mine = [each for each in found if each.kind == Kind.KILL and each.at >= sent.since]
    return sum(each.failed or 0 for each in mine)
