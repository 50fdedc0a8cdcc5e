"""Where one is: `shop / production / web`, each part with what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from platform_admin.models import App, Environment, Resource, Service, Team
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor


@dataclass(frozen=True)
class Part:
    """One part of a trail; `siblings` are what could stand in its place."""

    name: str
    url: str
    siblings: tuple[Part, ...] = ()


def of_app(actor: Actor, app: App) -> tuple[Part, ...]:
    """`shop`, with the person's other apps."""
    others = scope.apps(actor).order_by("slug").values_list("slug", flat=True)
    siblings = tuple(Part(slug, reverse("app", args=[slug])) for slug in others)
    return (Part(app.slug, reverse("app", args=[app.slug]), siblings),)


def of_environment(actor: Actor, environment: Environment) -> tuple[Part, ...]:
    """`shop / production`, with the app's other environments."""
    app = environment.app
    others = app.environments.order_by("slug").values_list("slug", flat=True)
    siblings = tuple(Part(slug, reverse("environment", args=[app.slug, slug])) for slug in others)
    here = reverse("environment", args=[app.slug, environment.slug])
    return (*of_app(actor, app), Part(environment.slug, here, siblings))


def of_service(actor: Actor, service: Service) -> tuple[Part, ...]:
    """`shop / production / web`, with the environment's other services."""
    environment = service.environment
    names = environment.services.order_by("name").values_list("name", flat=True)
    address = (environment.app.slug, environment.slug)
    siblings = tuple(Part(name, reverse("service", args=[*address, name])) for name in names)
    here = reverse("service", args=[*address, service.name])
    return (*of_environment(actor, environment), Part(service.name, here, siblings))


def of_resource(actor: Actor, resource: Resource) -> tuple[Part, ...]:
    """`shop / production / store`, with the environment's other resources."""
    environment = resource.environment
    names = environment.resources.order_by("name").values_list("name", flat=True)
    address = (environment.app.slug, environment.slug)
    siblings = tuple(Part(name, reverse("resource", args=[*address, name])) for name in names)
    here = reverse("resource", args=[*address, resource.name])
    return (*of_environment(actor, environment), Part(resource.name, here, siblings))


def of_team(actor: Actor, team: Team) -> tuple[Part, ...]:
    """The team, with the person's other teams."""
    others = scope.teams(actor).order_by("slug")
    siblings = tuple(Part(other.name, reverse("team", args=[other.slug])) for other in others)
    return (Part(team.name, reverse("team", args=[team.slug]), siblings),)


def then(trail: tuple[Part, ...], name: str, url: str) -> tuple[Part, ...]:
    """The trail with one more part without siblings."""
    return (*trail, Part(name, url))
