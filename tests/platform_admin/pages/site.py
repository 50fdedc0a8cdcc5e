"""The people and the app that tests of pages begin with: Alice, Bob and Charlie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from jobs.deploy.preview import live_preview
from platform_admin.models import (
    Artifact,
    Cell,
    Colour,
    Deployment,
    Environment,
    Instance,
    Release,
    Resource,
    Rollout,
    Service,
    Team,
)
from platform_admin.rules.fields import ServiceFields
from platform_admin.rules.quota import Limits
from platform_admin.verbs.actor import SYSTEM, Actor
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.services import create_service
from platform_admin.verbs.teams import add_member, create_team
from tests.platform_admin.verbs.archives import tar_gz

LIMITS = Limits(instances=10, cpu_mhz=2000, memory_mb=2048, surge_percent=20)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
ARCHIVE = tar_gz({"web.py": b"print('hello')\n"})


@dataclass(frozen=True)
class Person:
    """Somebody with a signed-in browser."""

    actor: Actor
    browser: Client

    @property
    def user(self) -> User:
        assert self.actor.user is not None
        return self.actor.user


@dataclass(frozen=True)
class Site:
    """Alice owns the team, Bob only views it, Charlie is of another team; Olga is an operator."""

    cell: Cell
    team: Team
    environment: Environment
    artifact: Artifact
    alice: Person
    bob: Person
    charlie: Person
    olga: Person

    def service(self, name: str = "web", **changes: object) -> Service:
        """A service of the environment's draft, made by Alice."""
        values: dict[str, object] = {
            "name": name,
            "kind": "web",
            "artifact_id": self.artifact.pk,
            "command": "python3 web.py",
            "port": 8080,
            "maximum": 5,
        }
        fields = ServiceFields(**(values | changes))  # type: ignore[arg-type]
        return create_service(self.alice.actor, self.environment, fields)

    def redis(self, name: str = "store") -> Resource:
        """A redis of the environment's draft, made by Alice."""
        return create_resource(self.alice.actor, self.environment, name=name, kind="redis")

    def release(self, note: str = "") -> Release:
        """The draft as a release, made by Alice."""
        return release(self.alice.actor, self.environment, note)

    def live(self, service: Service, made: Release | None = None) -> Release:
        """The release that is live in blue now, with all wanted instances healthy."""
        made = made or self.release()
        preview = live_preview(service)
        assert preview is not None
        Rollout.objects.filter(service=service).update(live="blue", new="green")
        Colour.objects.filter(service=service, colour="blue").update(
            release=made, verified=True, acknowledged=service.desired, job=preview.job
        )
        for number in range(service.desired):
            self.instance(service, number, release=made.number)
        return made

    def instance(self, service: Service, number: int = 0, **changes: object) -> Instance:
        """An observed instance of a service's blue colour, healthy since an hour."""
        values: dict[str, object] = {
            "allocation": f"{service.pk:08d}-0000-0000-0000-{number:012d}",
            "cell": self.cell,
            "environment": self.environment,
            "service": service,
            "job": f"{service.slug}-blue",
            "colour": "blue",
            "number": number,
            "node": "node-1",
            "address": "127.0.0.1",
            "port": 20000 + number,
            "desired_status": "run",
            "client_status": "running",
            "healthy": True,
            "started_at": timezone.now() - timedelta(hours=1),
            "last_event": "Started: Task started by client",
            "seen_at": timezone.now(),
        }
        return Instance.objects.create(**(values | changes))

    def deployment(self, service: Service, **changes: object) -> Deployment:
        """A deployment of a fresh release, as it stands in the tables."""
        number = Deployment.objects.count() + 1
        values: dict[str, object] = {"release": self.release(), "state": "rolling"}
        found = Deployment.objects.create(
            environment=self.environment, number=number, **(values | changes)
        )
        found.services.add(service)
        return found


def make_site() -> Site:
    """The people, the team and the app of every test of a page."""
    cell = Cell.objects.create(
        name="local",
        first_port=15000,
        last_port=15002,
        web_address="127.0.0.1:8005",
        private_address="127.0.0.1:8006",
    )
    team = create_team(SYSTEM, slug="demo", name="Demo", limits=LIMITS)
    others = create_team(SYSTEM, slug="other", name="Other", limits=LIMITS)
    alice, bob, charlie = person("alice"), person("bob"), person("charlie")
    add_member(SYSTEM, team, alice.user, "owner")
    add_member(SYSTEM, team, bob.user, "viewer")
    add_member(SYSTEM, others, charlie.user, "owner")
    environment = create_app(
        alice.actor, team=team, name="shop", environment="production", cell=cell
    )
    artifact = upload_artifact(alice.actor, team, "shop.tar.gz", BytesIO(ARCHIVE))
    olga = person("olga", operator=True)
    # Nobody is signed out, whatever the time is by a test's clock.
    Session.objects.update(expire_date=FAR)
    return Site(cell, team, environment, artifact, alice, bob, charlie, olga)


def person(name: str, *, operator: bool = False) -> Person:
    """Somebody with a signed-in browser."""
    user = User.objects.create(username=name, is_superuser=operator, is_staff=operator)
    browser = Client()
    browser.force_login(user)
    return Person(Actor(user, "127.0.0.1"), browser)
