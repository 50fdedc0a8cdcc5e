"""What needs you, then your apps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from platform_admin.models import App, Deployment, Environment
from platform_admin.pages import sentences, standing
from platform_admin.pages.access import signed_in
from platform_admin.pages.render import actor_of, page
from platform_admin.pages.standing import Standing
from platform_admin.rules.permissions import Permission
from platform_admin.rules.state import State
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

_NEEDS = ("failed", "degraded")


@dataclass(frozen=True)
class Need:
    """Something that a person should look at."""

    look: str
    where: str
    words: str
    url: str


@dataclass(frozen=True)
class Copy:
    """An environment as a line in its app's card."""

    environment: Environment
    state: State
    sentence: str
    standings: tuple[Standing, ...]


@dataclass(frozen=True)
class Card:
    """An app with its environments."""

    app: App
    copies: tuple[Copy, ...]


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what is not well, what moves, and all apps that exist for the person."""
    actor = actor_of(request)
    cards = cards_of(actor)
    standings = [each for card in cards for copy in card.copies for each in copy.standings]
    failed = _failed(actor)
    context = {
        "needs": _needs(standings, told={row.environment_id for row in failed})
        + [_failure(row) for row in failed],
        "moving": _moving(actor),
        "cards": cards,
        "may_create": any(
            scope.allowed(actor, team, Permission.CREATE_APP) for team in scope.teams(actor)
        ),
    }
    return page(request, "home/page.html", context, title="Your apps")


def cards_of(actor: Actor) -> list[Card]:
    """The apps of the actor with how their environments stand."""
    standings = standing.of_services(scope.services(actor), timezone.now())
    by_environment: dict[int, list[Standing]] = {}
    for each in standings:
        by_environment.setdefault(each.about.environment_id, []).append(each)
    apps = scope.apps(actor).select_related("team").prefetch_related("environments")
    return [
        Card(app, tuple(copy_of(env, by_environment.get(env.pk, ())) for env in _in_order(app)))
        for app in apps.order_by("slug")
    ]


def copy_of(environment: Environment, standings: Sequence[Standing]) -> Copy:
    """How one environment stands."""
    state = standing.worst_of(standings)
    return Copy(environment, state, sentences.of_environment(standings), tuple(standings))


def _in_order(app: App) -> list[Environment]:
    return sorted(app.environments.all(), key=lambda one: (one.slug != "production", one.slug))


def _needs(standings: Sequence[Standing], told: set[int]) -> list[Need]:
    """The services that are not well.

    One that was never live failed by its deployment alone; where that is `told`, by environment,
    it is not told a second time.
    """
    return [
        Need(
            each.state.word,
            each.about.slug,
            sentences.of_service(each),
            reverse("service", args=_address(each.about.environment, each.name)),
        )
        for word in _NEEDS
        for each in standings
        if each.state.word == word
        and not (each.release is None and each.about.environment_id in told)
    ]


def _failed(actor: Actor) -> list[Deployment]:
    """The last deployment of each environment where it failed, whatever runs there meanwhile."""
    last = scope.deployments(actor).order_by("environment", "-pk").distinct("environment")
    rows = last.select_related("environment__app")
    return [row for row in rows if row.state == Deployment.State.FAILED]


def _failure(row: Deployment) -> Need:
    return Need(
        "failed",
        str(row.environment),
        f"Deployment {row.number} failed: {row.reason}",
        reverse("deployment", args=_address(row.environment, row.number)),
    )


def _moving(actor: Actor) -> list[Need]:
    rows = scope.deployments(actor).exclude(state__in=Deployment.ENDED)
    return [
        Need(
            "starting",
            str(row.environment),
            f"Deployment {row.number} is {row.get_state_display()}.",
            reverse("deployment", args=_address(row.environment, row.number)),
        )
        for row in rows.select_related("environment__app").order_by("-pk")[:10]
    ]


def _address(environment: Environment, last: object) -> list[object]:
    return [environment.app.slug, environment.slug, last]
