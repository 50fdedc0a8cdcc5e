from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.document import SecretRef, read
from platform_admin.models import AuditEvent, Deployment, Environment, Rotation, SecretVersion
from platform_admin.rules.generated import Shape
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.live import live_document
from platform_admin.verbs.releases import release
from platform_admin.verbs.rotations import rotate, rotate_again
from platform_admin.verbs.secrets import remove_secret, secret_value, set_secret
from platform_admin.verbs.services import create_service
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.rows import succeed
from tests.platform_admin.verbs.world import World

State = Deployment.State


def went_live(world: World, environment: Environment | None = None) -> None:
    """The draft as it is now is live."""
    succeed(deploy(world.dana, release(world.dana, environment or world.environment)))


def ended(rotation: Rotation, state: str) -> None:
    rotation.deployments.exclude(state=State.SUCCEEDED).update(state=state)


def drafted(world: World, environment: Environment | None = None) -> SecretRef | None:
    doc = draft(environment or world.environment).service("web")
    assert doc is not None
    return doc.secrets.get("KEY")


@pytest.fixture
def live(world: World) -> World:
    """A world in which web names version 1 of the environment's KEY, and api does not."""
    web, api = world.service("web"), world.service("api", kind="private")
    set_links(world.dana, web, [LinkFields("API_URL", "api")])
    set_secret(world.dana, world.environment, None, "KEY", "one")
    set_variables(world.dana, world.environment, api, {"KEY": "its own"})
    went_live(world)
    return world


def test_it_releases_what_is_live_with_that_version_alone(live: World) -> None:
    set_variables(live.dana, live.environment, None, {"UNFINISHED": "1"})
    set_secret(live.dana, live.environment, None, "OTHER", "x")
    before = live_document(live.environment)

    (made,) = rotate(live.dana, live.environment, None, "KEY", "two").deployments.all()

    web = before.service("web")
    assert web is not None
    changed = replace(web, secrets={"KEY": SecretRef("environment", 2)})
    others = [doc for doc in before.services if doc.name != "web"]
    assert read(made.release.document) == replace(before, services=(changed, *others))
    assert [row.name for row in made.services.all()] == ["web"]
    assert made.release.note == "Rotate KEY to version 2"
    assert draft(live.environment).service("web") != changed


def test_the_draft_names_the_new_version_once_it_came_through(live: World) -> None:
    rotation = rotate(live.dana, live.environment, None, "KEY", "two")
    assert drafted(live) == SecretRef("environment", 1)
    (made,) = rotation.deployments.all()
    succeed(made)

    assert drafted(live) == SecretRef("environment", 2)
    assert draft(live.environment) == live_document(live.environment)


@pytest.mark.parametrize("how", [State.FAILED, State.CANCELLED])
def test_where_it_failed_draft_and_live_keep_the_old_version(live: World, how: str) -> None:
    ended(rotate(live.dana, live.environment, None, "KEY", "two"), how)

    assert drafted(live) == SecretRef("environment", 1)
    assert draft(live.environment) == live_document(live.environment)
    assert secret_value(live.environment, None, "KEY", 2) == "two"


def test_a_value_set_after_a_failed_rotation_counts(live: World) -> None:
    ended(rotate(live.dana, live.environment, None, "KEY", "two"), State.FAILED)
    set_secret(live.dana, live.environment, None, "KEY", "three")

    assert drafted(live) == SecretRef("environment", 3)


def test_it_can_be_tried_again_where_it_failed(live: World) -> None:
    rotation = rotate(live.dana, live.environment, None, "KEY", "two")
    ended(rotation, State.FAILED)
    rotate_again(live.dana, rotation)

    last = rotation.deployments.order_by("-number")[0]
    assert rotation.deployments.count() == 2
    succeed(last)
    assert drafted(live) == SecretRef("environment", 2)
    with pytest.raises(Invalid, match="come through everywhere"):
        rotate_again(live.dana, rotation)


def test_an_old_rotation_is_not_tried_again(live: World) -> None:
    rotation = rotate(live.dana, live.environment, None, "KEY", "two")
    ended(rotation, State.FAILED)
    set_secret(live.dana, live.environment, None, "KEY", "three")

    with pytest.raises(Invalid, match="no longer at version 2: rotate it anew"):
        rotate_again(live.dana, rotation)


def test_an_apps_secret_goes_into_each_environment_by_a_deployment_of_its_own(
    live: World,
) -> None:
    app = live.environment.app
    remove_secret(live.dana, live.environment, None, "KEY")
    staging = create_environment(live.dana, app, "staging", live.cell)
    preview = create_environment(live.dana, app, "preview", live.cell)
    create_service(live.dana, staging, live.fields("web"))
    create_service(live.dana, preview, live.fields("web"))
    set_secret(live.dana, app, None, "KEY", "one")
    for environment in (live.environment, staging):
        went_live(live, environment)

    rotation = rotate(live.dana, app, None, "KEY", "two")

    first, second = rotation.deployments.order_by("environment__slug")
    assert (first.environment, second.environment) == (live.environment, staging)
    succeed(first)
    Deployment.objects.filter(pk=second.pk).update(state=State.FAILED)
    found = {each.slug: drafted(live, each) for each in (live.environment, staging, preview)}
    one, two = SecretRef("app", 1), SecretRef("app", 2)
    assert found == {"production": two, "staging": one, "preview": one}
    rotate_again(live.dana, rotation)
    (again,) = rotation.deployments.exclude(pk__in=[first.pk, second.pk])
    assert again.environment == staging


def test_a_secret_that_nothing_live_names_is_only_in_the_draft(world: World) -> None:
    world.service("web")
    set_secret(world.dana, world.environment, None, "KEY", "one")

    rotation = rotate(world.dana, world.environment, None, "KEY", Shape(32, "hex"))

    assert rotation.deployments.count() == 0
    assert drafted(world) == SecretRef("environment", 2)
    assert len(secret_value(world.environment, None, "KEY", 2)) == 32
    assert AuditEvent.objects.get(verb="rotate secret").after == {
        "name": "KEY",
        "version": 2,
        "generated": True,
    }


def test_while_something_is_deployed_nothing_is_rotated(live: World) -> None:
    set_variables(live.dana, live.environment, None, {"A": "1"})
    deploy(live.dana, release(live.dana, live.environment))

    with pytest.raises(Invalid, match="Deployment 2 of shop/production is under way"):
        rotate(live.dana, live.environment, None, "KEY", "two")
    assert SecretVersion.objects.count() == 1


def test_what_is_no_secret_is_not_rotated(live: World) -> None:
    with pytest.raises(Unknown):
        rotate(live.dana, live.environment, None, "NONE", "x")
    with pytest.raises(Invalid, match="type one"):
        rotate(live.dana, live.environment, None, "KEY", "")


def test_a_service_that_is_called_and_not_live_goes_along_and_is_not_deployed(
    world: World,
) -> None:
    web = world.service("web")
    world.service("api", kind="private")
    set_links(world.dana, web, [LinkFields("API_URL", "api")])
    set_secret(world.dana, world.environment, None, "KEY", "one")
    succeed(deploy(world.dana, release(world.dana, world.environment), [web]))

    (made,) = rotate(world.dana, world.environment, None, "KEY", "two").deployments.all()

    assert [doc.name for doc in read(made.release.document).services] == ["api", "web"]
    assert [row.name for row in made.services.all()] == ["web"]
