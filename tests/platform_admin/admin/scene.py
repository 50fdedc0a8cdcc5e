"""A platform in which every page of the admin has a row to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from platform_admin.models import (
    Colour,
    Deployment,
    DeploymentStep,
    Instance,
    Release,
    Resource,
    Rollout,
    Service,
    ServiceLimits,
    Variable,
)
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.domains import create_domain
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.releases import release
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.verbs.world import World

SECRET = "only dana knows this one"
JOB = {"ID": "shop-production-web-blue", "Type": "service"}


@dataclass(frozen=True)
class Scene:
    """A world with a live service, and what hangs on it; `browser` is the operator's."""

    world: World
    browser: Client
    web: Service
    store: Resource
    first: Release
    second: Release
    done: Deployment
    going: Deployment

    @property
    def olga(self) -> User:
        assert self.world.olga.user is not None
        return self.world.olga.user

    def row(self, model: type[Model]) -> Any:
        """The row of this noun that pages are tried on."""
        known = {Service: self.web, Release: self.second, Deployment: self.going, User: self.olga}
        if model is Variable:
            return Variable.objects.get(name="COLOUR")
        return known.get(model) or model._default_manager.order_by("pk").first()

    def post(self, address: str, field: str, **changes: object) -> Any:
        """The answer to the address's form, sent as it was found but for these changes."""
        found = form_with(self.browser.get(address).content.decode(), field)
        return self.browser.post(address, found | {name: str(v) for name, v in changes.items()})


def address(model: type[Model], page: str, *args: object) -> str:
    """Where a page of the noun is: changelist, add, change, delete, or one of its buttons."""
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)


def make_scene(world: World) -> Scene:
    """Two releases went live, a third deployment is under way."""
    web, store = world.service(), world.redis("store")
    world.service("api", kind="private")
    set_links(world.dana, web, [LinkFields("REDIS_URL", "store"), LinkFields("API_URL", "api")])
    create_domain(world.dana, world.environment, "a.test", service=web)
    set_variables(world.dana, world.environment, None, {"COLOUR": "red"})
    set_secret(world.dana, world.environment, None, "TOKEN", SECRET)
    first = release(world.dana, world.environment)
    done = _ended(deploy(world.dana, first))
    set_variables(world.dana, world.environment, None, {"COLOUR": "blue"})
    second = release(world.dana, world.environment, "another colour")
    _ended(deploy(world.dana, second))
    _live(world, web, second)
    going = deploy(world.dana, first)
    set_desired(world.dana, web, 2)
    DeploymentStep.objects.create(
        deployment=going, service=web, name="watch", output="one of two", started_at=timezone.now()
    )
    web.refresh_from_db()
    return Scene(world, _browser(world), web, store, first, second, done, going)


def _browser(world: World) -> Client:
    client = Client()
    assert world.olga.user is not None
    client.force_login(world.olga.user)
    return client


def _ended(deployment: Deployment) -> Deployment:
    deployment.state = Deployment.State.SUCCEEDED
    deployment.finished_at = timezone.now()
    deployment.save()
    return deployment


def _live(world: World, service: Service, made: Release) -> None:
    Rollout.objects.filter(service=service).update(live="blue", new="green")
    Colour.objects.filter(service=service, colour="blue").update(release=made, job=JOB)
    ServiceLimits.objects.create(service=service, release=made.number, holds=48, confidence=0.8)
    Instance.objects.create(
        allocation="a" * 36,
        cell=world.cell,
        environment=world.environment,
        service=service,
        job=f"{service.slug}-blue",
        colour="blue",
        number=0,
        node="node-1",
        desired_status="run",
        client_status="running",
        healthy=True,
        started_at=timezone.now(),
        seen_at=timezone.now(),
    )
