"""The checklist of an environment: what it answers by itself, each with a way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from platform_admin.models import Environment
from platform_admin.pages import service, trail
from platform_admin.pages.access import of_environment
from platform_admin.pages.facts import facts
from platform_admin.pages.render import actor_of, page
from platform_admin.rules.checklist import answers, tally
from platform_admin.rules.checklist.answer import Answer, Door, Place
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope

LOOKS = {"yes": "healthy", "no": "degraded", "not yet known": "off"}
WORDS: dict[Door, str] = {
    "plan": "Review the draft",
    "app": "Environments",
    "app_variables": "Variables of the app",
    "releases": "Releases",
    "variables": "Variables",
    "new_environment": "Add an environment",
    "status": "Status of Muster",
    "resource": "Look at {}",
    "service": "Look at {}",
    "service_settings": "Settings of {}",
    "service_scaling": "Scaling of {}",
    "service_variables": "Variables of {}",
}
# Who may only look would be refused there.
CHANGING: frozenset[Door] = frozenset({"new_environment", "service_settings"})


@dataclass(frozen=True)
class Way:
    """A link to where something is mended."""

    words: str
    url: str


@dataclass(frozen=True)
class Line:
    """An answer with the shape of its word and its links."""

    answer: Answer
    look: str
    ways: tuple[Way, ...]


@of_environment(Permission.VIEW_APP)
def checklist(request: HttpRequest, environment: Environment) -> HttpResponseBase:
    """The answers as they are now; a service that was called so before keeps its page."""
    if environment.services.filter(name="checklist").exists():
        return service.now(
            request, app=environment.app.slug, env=environment.slug, service="checklist"
        )
    actor, address = actor_of(request), [environment.app.slug, environment.slug]
    may_change = scope.allowed(actor, environment.app.team, Permission.CHANGE_DRAFT)
    found = answered(environment)
    context = {
        "environment": environment,
        "tab": "checklist",
        "lines": lines(environment, found, may_change),
        "tally": tally(found),
        "may_change": may_change,
    }
    where = trail.then(
        trail.of_environment(actor, environment), "checklist", reverse("checklist", args=address)
    )
    title = f"Checklist of {environment}"
    return page(request, "environment/checklist.html", context, title=title, trail=where)


def answered(environment: Environment) -> tuple[Answer, ...]:
    """What the environment answers now."""
    return answers(facts(environment, timezone.now()))


def lines(environment: Environment, found: Sequence[Answer], may_change: bool) -> list[Line]:
    """The answers as the page shows them to somebody who may change the draft, or only look."""
    return [Line(each, LOOKS[each.word], _ways(environment, each, may_change)) for each in found]


def _ways(environment: Environment, answer: Answer, may_change: bool) -> tuple[Way, ...]:
    open_ = [place for place in answer.where if may_change or place.door not in CHANGING]
    return tuple(_way(environment, place) for place in open_)


def _way(environment: Environment, place: Place) -> Way:
    app = [environment.app.slug]
    address = {"status": [], "app": app, "app_variables": app, "new_environment": app}.get(
        place.door, [*app, environment.slug]
    )
    name = [place.name] if place.name else []
    return Way(WORDS[place.door].format(place.name), reverse(place.door, args=[*address, *name]))
