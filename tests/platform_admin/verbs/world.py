"""The people, teams and the app that tests of verbs begin with."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from django.contrib.auth.models import User

from platform_admin.models import Artifact, Cell, Environment, Resource, Service, Team
from platform_admin.rules.fields import ServiceFields
from platform_admin.rules.quota import Limits
from platform_admin.verbs.actor import SYSTEM, Actor
from platform_admin.verbs.apps import create_app
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.resources import create_resource
from platform_admin.verbs.services import create_service
from platform_admin.verbs.teams import add_member, create_team
from tests.platform_admin.verbs.archives import tar_gz

LIMITS = Limits(instances=10, cpu_mhz=2000, memory_mb=2048, surge_percent=20)


@dataclass(frozen=True)
class World:
    """A team with an owner, a developer and a viewer; an operator; somebody of another team."""

    cell: Cell
    team: Team
    others: Team
    environment: Environment
    artifact: Artifact
    olga: Actor
    dana: Actor
    dev: Actor
    vera: Actor
    ella: Actor

    def fields(self, name: str = "web", **changes: object) -> ServiceFields:
        """Good fields of a web service, with these changes."""
        values: dict[str, object] = {
            "name": name,
            "kind": "web",
            "artifact_id": self.artifact.pk,
            "command": "python3 web.py",
            "port": 8080,
            "maximum": 5,
        }
        return ServiceFields(**(values | changes))  # type: ignore[arg-type]

    def service(self, name: str = "web", **changes: object) -> Service:
        """A service of the environment, made by dana."""
        return create_service(self.dana, self.environment, self.fields(name, **changes))

    def worker(self, name: str = "worker") -> Service:
        """A worker of the environment, made by dana."""
        return self.service(name, kind="worker", port=None)

    def redis(self, name: str = "cache") -> Resource:
        """A redis of the environment, made by dana."""
        return create_resource(self.dana, self.environment, name=name, kind="redis")


def person(name: str, *, operator: bool = False) -> Actor:
    """A signed-in person at an address."""
    user = User.objects.create(username=name, is_superuser=operator, is_staff=operator)
    return Actor(user, "192.0.2.7")


def make_world() -> World:
    """The people, teams and the app that every test of a verb begins with."""
    cell = Cell.objects.create(name="local", first_port=15000, last_port=15002)
    team = create_team(SYSTEM, slug="demo", name="Demo", limits=LIMITS)
    others = create_team(SYSTEM, slug="other", name="Other", limits=LIMITS)
    people = {name: person(name) for name in ("dana", "dev", "vera", "ella")}
    for name, role in {"dana": "owner", "dev": "developer", "vera": "viewer"}.items():
        user = people[name].user
        assert user is not None
        add_member(SYSTEM, team, user, role)
    assert people["ella"].user is not None
    add_member(SYSTEM, others, people["ella"].user, "owner")
    dana = people["dana"]
    environment = create_app(dana, team=team, name="shop", environment="production", cell=cell)
    artifact = upload_artifact(dana, team, "shop.tar.gz", BytesIO(tar_gz({"web.py": b"pass"})))
    return World(
        cell=cell,
        team=team,
        others=others,
        environment=environment,
        artifact=artifact,
        olga=person("olga", operator=True),
        **people,
    )
