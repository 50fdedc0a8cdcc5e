"""The driver dies after what it wrote outside; another one goes on, and nothing is lost or left."""

from __future__ import annotations

import pytest

from platform_admin.models import Deployment, Service
from platform_admin.verbs.links import LinkFields, set_links
from tests.jobs.deploy.driven import killed
from tests.jobs.deploy.driven.drive import drive, late, queued
from tests.jobs.deploy.driven.settled import check_settled
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

pytestmark = pytest.mark.full

WRITES, EACH = 21, 3
State = Deployment.State


@pytest.fixture
def web(world: World, cluster: Inside) -> Service:
    """A web service with a release command, live on blue with two instances."""
    service = world.service("web", minimum=2, release_command="python3 migrate.py")
    assert drive(cluster, queued(world)).state == State.SUCCEEDED
    return service


@pytest.fixture
def first(world: World) -> Deployment:
    """The first release of a service that calls another one, and both a redis."""
    world.redis("cache")
    api, shop = world.service("api", kind="private"), world.service("shop")
    set_links(world.dana, api, [LinkFields("REDIS_URL", "cache")])
    set_links(world.dana, shop, [LinkFields("API", "api"), LinkFields("REDIS_URL", "cache")])
    return queued(world)


def test_a_first_release_is_finished_by_others(cluster: Inside, first: Deployment) -> None:
    with killed.dying(killed.every_other()) as writes:
        killed.drive(cluster, first)
    assert (first.state, first.reason) == (State.SUCCEEDED, "")
    assert writes.deaths > 10
    check_settled(cluster, {"api": "blue", "shop": "blue"})


@pytest.mark.full
@pytest.mark.parametrize("number", range(EACH))
def test_a_first_release_is_finished_by_others_who_come_further(
    cluster: Inside, first: Deployment, number: int
) -> None:
    """Each dies after a few writes: all of these together after each write."""
    with killed.dying(killed.every_nth(number, EACH)) as writes:
        killed.drive(cluster, first)
    assert (first.state, first.reason) == (State.SUCCEEDED, "")
    assert writes.deaths >= WRITES // EACH
    check_settled(cluster, {"api": "blue", "shop": "blue"})


def test_an_update_is_finished_by_others(world: World, cluster: Inside, web: Service) -> None:
    with killed.dying(killed.every_other()) as writes:
        deployment = killed.drive(cluster, queued(world, "2"))
    assert (deployment.state, deployment.reason) == (State.SUCCEEDED, "")
    assert writes.deaths > 10
    check_settled(cluster, {"web": "green"})


def test_a_release_that_never_gets_healthy_is_undone_by_others(
    world: World, cluster: Inside, web: Service
) -> None:
    cluster.sick.add("shop-production-web-green")
    deployment = queued(world, "2")
    with killed.dying(killed.every_other()) as writes:
        killed.drive(cluster, deployment, until="watch")
        late(web)
        killed.drive(cluster, deployment)
    assert deployment.state == State.FAILED
    assert writes.deaths > 6
    check_settled(cluster, {"web": "blue"})
