from __future__ import annotations

import pytest

from platform_admin.models import App, AuditEvent
from platform_admin.verbs.apps import create_app, create_environment
from platform_admin.verbs.errors import Invalid
from tests.platform_admin.verbs.world import World


def test_an_app_comes_with_its_first_environment(world: World) -> None:
    environment = create_app(
        world.dana, team=world.team, name="blog", environment="staging", cell=world.cell
    )

    assert (environment.app.slug, environment.slug) == ("blog", "staging")
    assert environment.app.team == world.team
    assert environment.cell == world.cell


def test_an_app_gets_a_further_environment(world: World) -> None:
    environment = create_environment(world.dev, world.environment.app, "staging", world.cell)

    assert str(environment) == "shop/staging"


@pytest.mark.parametrize(
    ("name", "environment", "field", "said"),
    [
        ("Blog", "production", "name", "is not a name"),
        ("admin", "production", "name", "choose another name"),
        ("shop", "production", "name", "already called shop on this platform"),
        ("blog", "my-env", "environment", "is not a name"),
        ("blog", "plan", "environment", "choose another name"),
    ],
)
def test_a_bad_name_is_refused_and_nothing_is_made(
    world: World, name: str, environment: str, field: str, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        create_app(world.dana, team=world.team, name=name, environment=environment, cell=world.cell)

    assert said in caught.value.errors[field][0]
    assert App.objects.count() == 1


def test_a_name_that_another_team_has_is_taken(world: World) -> None:
    with pytest.raises(Invalid, match="already called shop"):
        create_app(
            world.ella, team=world.others, name="shop", environment="production", cell=world.cell
        )


def test_an_environment_that_is_there_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        create_environment(world.dana, world.environment.app, "production", world.cell)

    assert list(caught.value.errors) == ["environment"]


def test_who_made_it_stands_in_the_audit(world: World) -> None:
    event = AuditEvent.objects.get(verb="create environment")

    assert event.actor_name == "dana"
    assert event.team == world.team
    assert event.object_name == "shop/production"
    assert event.after == {"name": "production", "cell": "local"}
    assert event.address == "192.0.2.7"
