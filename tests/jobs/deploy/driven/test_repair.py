from __future__ import annotations

import logging

import pytest

from jobs.deploy import repair
from jobs.edge import version
from local.cluster.web import Answer
from platform_admin.models import Service
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside
from tests.jobs.server import Asked
from tests.platform_admin.verbs.world import World

LIVE = "traefik/http/routers/shop-production-web--live/service"
SHARED = "traefik/http/middlewares/muster-retry/retry/attempts"


@pytest.fixture
def keys(cluster: Inside, web: Service) -> dict[str, str]:
    """What stands in Consul after a first repair."""
    repair.run()
    return cluster.consul_keys()


@pytest.mark.parametrize("lost", [LIVE, SHARED])
def test_a_key_that_was_lost_is_written_again(
    cluster: Inside, keys: dict[str, str], lost: str
) -> None:
    cluster.lose_key(lost)
    repair.run()
    assert cluster.consul_keys() == keys


def test_an_emptied_consul_gets_the_routes_and_the_version_of_every_service(
    cluster: Inside, web: Service, keys: dict[str, str]
) -> None:
    for key in keys:
        cluster.lose_key(key)
    repair.run()
    assert cluster.consul_keys() == keys
    assert version(cluster.consul, web.slug) == web.rollout.version


def test_where_nothing_differs_nothing_is_written(cluster: Inside, keys: dict[str, str]) -> None:
    written = cluster.written
    repair.run()
    assert cluster.written == written


def test_the_query_behind_the_names_of_services_is_made_once(
    cluster: Inside, keys: dict[str, str]
) -> None:
    repair.run()
    assert cluster.written.count(("POST", "/v1/query")) == 1


def test_routes_that_can_not_be_written_keep_no_other_from_theirs(
    world: World, cluster: Inside, web: Service, caplog: pytest.LogCaptureFixture
) -> None:
    stand(world, cluster, world.service("other"))

    def web_is_refused(asked: Asked) -> Answer | None:
        refused = asked.path == "/v1/txn" and b"rollouts/shop-production-web" in asked.body
        return Answer("no", 400) if refused else None

    cluster.consul_door.mood = web_is_refused
    with caplog.at_level(logging.WARNING):
        repair.run()
    routes = {
        key.split("/")[3].partition("--")[0] for key in cluster.consul_keys() if "/routers/" in key
    }
    assert routes == {"shop-production-other"}
    assert "routes of shop-production-web: consul: no" in caplog.text
