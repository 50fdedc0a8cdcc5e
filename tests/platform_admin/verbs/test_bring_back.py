"""Everything is brought back by one action, and only what drifted."""

from __future__ import annotations

import pytest

from platform_admin.models import Colour, Deployment, Rollout
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.bring_back import bring_all_back, drifted
from platform_admin.verbs.errors import Denied
from platform_admin.verbs.releases import release
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World

MISSING = "the job is missing in Nomad"


@pytest.fixture
def live(world: World) -> None:
    """Two live services of one environment."""
    web, api = world.service("web"), world.service("api")
    made = release(world.dana, world.environment)
    for service in (web, api):
        make_live(service, made)


def lose(*names: str) -> None:
    Colour.objects.filter(service__name__in=names, colour="blue").update(drift=MISSING)


def test_a_deployment_of_what_is_live_is_queued_for_what_drifted(world: World, live: None) -> None:
    lose("web")

    [deployment] = bring_all_back(world.olga)

    assert deployment.release.number == 1
    assert [each.name for each in deployment.services.all()] == ["web"]


def test_all_services_of_an_environment_come_back_together(world: World, live: None) -> None:
    lose("web", "api")

    [deployment] = bring_all_back(world.olga)

    assert {each.name for each in deployment.services.all()} == {"web", "api"}


def test_where_nothing_drifted_nothing_is_deployed(world: World, live: None) -> None:
    assert bring_all_back(world.olga) == []
    assert not Deployment.objects.exists()


def test_what_a_deployment_works_on_is_left_to_it(world: World, live: None) -> None:
    lose("web")
    [deployment] = bring_all_back(world.olga)
    Rollout.objects.filter(service__name="web").update(deployment=deployment)

    assert not drifted().exists()
    assert bring_all_back(world.olga) == []


@pytest.mark.parametrize("who", ["dana", "ella"])
def test_only_operators_may(world: World, live: None, who: str) -> None:
    lose("web")
    actor: Actor = getattr(world, who)

    with pytest.raises(Denied):
        bring_all_back(actor)
    assert not Deployment.objects.exists()
