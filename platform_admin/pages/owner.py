"""Whose variables a page shows: an app's, an environment's or a service's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from platform_admin.models import App, Environment, Service, Team
from platform_admin.pages import trail
from platform_admin.pages.render import actor_of
from platform_admin.verbs.environ import Within


@dataclass(frozen=True)
class Owner:
    """What has the variables, with the addresses of its pages."""

    within: Within
    service: Service | None = None

    def __str__(self) -> str:
        return str(self.service or self.within)

    @property
    def app(self) -> App:
        return self.within if isinstance(self.within, App) else self.within.app

    @property
    def environment(self) -> Environment | None:
        """The one environment that its values reach; None for an app's."""
        return None if isinstance(self.within, App) else self.within

    @property
    def team(self) -> Team:
        return self.app.team

    @property
    def word(self) -> str:
        """What it is: app, environment or service."""
        if self.service is not None:
            return "service"
        return "app" if self.environment is None else "environment"

    def environments(self) -> list[Environment]:
        """The environments that its values reach, in the order of names."""
        if self.environment is not None:
            return [self.environment]
        return list(self.app.environments.select_related("app").order_by("slug"))

    def services(self, environment: Environment) -> list[Service]:
        """The environment's services that its values reach, in the order of names."""
        if self.service is not None:
            return [self.service]
        reached = environment.services.exclude(kind=Service.Kind.STATIC)
        rows = reached.select_related("rollout").prefetch_related("links")
        return list(rows.order_by("name"))

    def url(self, action: str = "") -> str:
        """The address of its page of variables, or of what is done there."""
        noun = {"app": "app_variables", "environment": "variables", "service": "service_variables"}
        name = noun[self.word]
        parts = [self.app.slug]
        parts += [self.environment.slug] if self.environment else []
        parts += [self.service.name] if self.service else []
        return reverse(f"{name}_{action}" if action else name, args=parts)

    def plan_url(self) -> str:
        """Where its change is released: the plan of the one environment, else among them all."""
        reached = self.environments()
        if len(reached) != 1:
            return f"{self.url()}#drafts"
        return reverse("plan", args=[self.app.slug, reached[0].slug])

    def trail(self, request: HttpRequest) -> tuple[trail.Part, ...]:
        """Where one is on its page of variables."""
        actor = actor_of(request)
        if self.service is not None:
            before = trail.of_service(actor, self.service)
        elif self.environment is not None:
            before = trail.of_environment(actor, self.environment)
        else:
            before = trail.of_app(actor, self.app)
        return trail.then(before, "variables", self.url())
