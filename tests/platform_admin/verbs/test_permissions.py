from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from platform_admin.models import (
    AuditEvent,
    Deployment,
    Domain,
    Release,
    Resource,
    Rotation,
    Service,
)
from platform_admin.rules.quota import Limits
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.apps import create_app, create_environment
from platform_admin.verbs.artifacts import upload_artifact
from platform_admin.verbs.cells import choose_https
from platform_admin.verbs.deployments import cancel, deploy, roll_back
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.domains import (
    add_path,
    change_domain,
    check_now,
    create_domain,
    remove_certificate,
    remove_domain,
    remove_path,
)
from platform_admin.verbs.errors import Denied, Unknown, VerbError
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.releases import release, restore
from platform_admin.verbs.resources import change_resource, create_resource
from platform_admin.verbs.rotations import rotate, rotate_again
from platform_admin.verbs.secrets import remove_secret, set_secret
from platform_admin.verbs.services import (
    change_bounds,
    change_service,
    create_service,
    validate_service,
)
from platform_admin.verbs.teams import add_member, change_quota, create_team, remove_member
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.archives import tar_gz
from tests.platform_admin.verbs.world import World

LIMITS = Limits(instances=9, cpu_mhz=2000, memory_mb=2048)


@dataclass(frozen=True)
class Scene:
    """A world in which every verb has something to work on."""

    world: World
    service: Service
    resource: Resource
    release: Release
    deployment: Deployment
    rotation: Rotation
    domain: Domain


Verb = Callable[[Scene, Actor], object]

VERBS: dict[str, Verb] = {
    "create_app": lambda s, a: create_app(
        a, team=s.world.team, name="blog", environment="production", cell=s.world.cell
    ),
    "create_environment": lambda s, a: create_environment(
        a, s.world.environment.app, "staging", s.world.cell
    ),
    "validate_service": lambda s, a: validate_service(
        a, s.world.environment, s.world.fields("api")
    ),
    "create_service": lambda s, a: create_service(a, s.world.environment, s.world.fields("api")),
    "change_service": lambda s, a: change_service(a, s.service, s.world.fields(memory_mb=256)),
    "change_bounds": lambda s, a: change_bounds(a, s.service, 1, 2),
    "create_resource": lambda s, a: create_resource(
        a, s.world.environment, name="store", kind="redis"
    ),
    "change_resource": lambda s, a: change_resource(a, s.resource, cpu_mhz=200, memory_mb=128),
    "create_domain": lambda s, a: create_domain(
        a, s.world.environment, "b.test", service=s.service
    ),
    "change_domain": lambda s, a: change_domain(a, s.domain, service=s.service, only_https=False),
    "remove_domain": lambda s, a: remove_domain(a, s.domain),
    "add_path": lambda s, a: add_path(a, s.domain, "/api", s.service),
    "remove_path": lambda s, a: remove_path(a, s.domain.paths.get()),
    "check_now": lambda s, a: check_now(a, s.domain),
    "remove_certificate": lambda s, a: remove_certificate(a, s.domain),
    "choose_https": lambda s, a: choose_https(
        a,
        s.world.cell,
        tls_entry_point="websecure",
        tls_port=443,
        certificate_resolver="",
        domains_lead_to="",
    ),
    "set_links": lambda s, a: set_links(a, s.service, [LinkFields("REDIS_URL", "cache")]),
    "set_variables": lambda s, a: set_variables(a, s.world.environment, None, {"A": "1"}),
    "set_secret": lambda s, a: set_secret(a, s.world.environment, None, "NEW", "x"),
    "rotate": lambda s, a: rotate(a, s.world.environment, None, "TOKEN", "y"),
    "rotate_again": lambda s, a: rotate_again(a, s.rotation),
    "remove_secret": lambda s, a: remove_secret(a, s.world.environment, None, "TOKEN"),
    "upload_artifact": lambda s, a: upload_artifact(
        a, s.world.team, "x.tar.gz", BytesIO(tar_gz({"x": b"x"}))
    ),
    "release": lambda s, a: release(a, s.world.environment),
    "restore": lambda s, a: restore(a, s.world.environment, 1),
    "deploy": lambda s, a: deploy(a, s.release),
    "roll_back": lambda s, a: roll_back(a, s.world.environment, 1),
    "cancel": lambda s, a: cancel(a, s.deployment),
    "set_desired": lambda s, a: set_desired(a, s.service, 2),
    "add_member": lambda s, a: add_member(a, s.world.team, user(s.world.ella), "viewer"),
    "remove_member": lambda s, a: remove_member(a, s.world.team, user(s.world.vera)),
    "create_team": lambda s, a: create_team(a, slug="third", name="Third"),
    "change_quota": lambda s, a: change_quota(a, s.world.team, LIMITS),
}
OWNERS_ONLY = {"add_member", "remove_member"}
OPERATORS_ONLY = {"choose_https", "create_team", "change_quota"}


def user(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def outcome(verb: str, who: str) -> type[Exception] | None:
    """What the table of roles says of this person and verb."""
    if who == "olga":
        return None
    if verb in OPERATORS_ONLY:
        return Denied
    if who == "ella":
        return Unknown
    if verb in OWNERS_ONLY:
        return None if who == "dana" else Denied
    return Denied if who == "vera" else None


@pytest.fixture
def scene(world: World) -> Scene:
    service, resource = world.service(), world.redis()
    set_secret(world.dana, world.environment, None, "TOKEN", "x")
    environment = world.environment
    _, rotated = (set_secret(world.dana, environment, None, "ROTATED", value) for value in "xy")
    made = release(world.dana, world.environment)
    deployment = deploy(world.dana, made)
    rotation = Rotation.objects.create(version=rotated)
    rotation.deployments.add(deployment)
    domain = create_domain(world.dana, world.environment, "a.test", service=service)
    add_path(world.dana, domain, "/x", service)
    return Scene(world, service, resource, made, deployment, rotation, domain)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_asks_who_calls_it(scene: Scene, verb: str) -> None:
    for who in ("olga", "dana", "dev", "vera", "ella"):
        expected = outcome(verb, who)
        assert (who, tried(scene, verb, getattr(scene.world, who))) == (who, expected)


def tried(scene: Scene, verb: str, actor: Actor) -> type[Exception] | None:
    """How the verb refused; what it changed is taken back, a refusal must have changed nothing."""
    before = AuditEvent.objects.count()
    with transaction.atomic():
        try:
            VERBS[verb](scene, actor)
        except VerbError as error:
            assert AuditEvent.objects.count() == before
            return type(error)
        transaction.set_rollback(True)
    for row in (scene.service, scene.resource, scene.deployment, scene.domain):
        row.refresh_from_db()
    return None


@pytest.mark.parametrize(
    ("who", "teams", "apps"),
    [
        ("olga", {"demo", "other"}, {"shop"}),
        ("dana", {"demo"}, {"shop"}),
        ("vera", {"demo"}, {"shop"}),
        ("ella", {"other"}, set()),
    ],
)
def test_what_exists_depends_on_who_looks(
    scene: Scene, who: str, teams: set[str], apps: set[str]
) -> None:
    actor: Actor = getattr(scene.world, who)

    assert set(scope.teams(actor).values_list("slug", flat=True)) == teams
    assert set(scope.apps(actor).values_list("slug", flat=True)) == apps
    count = 1 if apps else 0
    for lister in (
        scope.environments,
        scope.services,
        scope.resources,
        scope.domains,
        scope.releases,
        scope.deployments,
        scope.artifacts,
    ):
        assert lister(actor).count() == count


@pytest.mark.parametrize(
    ("who", "sees"), [("olga", True), ("dana", True), ("dev", False), ("vera", False)]
)
def test_the_audit_is_for_owners_and_operators(scene: Scene, who: str, sees: bool) -> None:
    found = scope.audit_events(getattr(scene.world, who))

    assert found.filter(team=scene.world.team).exists() == sees
    assert not scope.audit_events(scene.world.ella).filter(team=scene.world.team).exists()


def test_somebody_who_was_switched_off_is_a_stranger(scene: Scene) -> None:
    for actor in (scene.world.dana, scene.world.olga):
        user(actor).is_active = False
        user(actor).save()

        assert not scope.teams(actor).exists()
        with pytest.raises(Unknown):
            release(actor, scene.world.environment)
