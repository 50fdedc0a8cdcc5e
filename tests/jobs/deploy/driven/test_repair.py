from __future__ import annotations

import logging
from collections.abc import Callable
from fractions import Fraction

import pytest

from jobs.consul import Operation
from jobs.deploy import repair, rows
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import version, write, written
from local.cluster.web import Answer
from platform_admin.models import Colour, Rollout, Service
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside, as_usual
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


@pytest.fixture
def at_rest(cluster: Inside, keys: dict[str, str]) -> list[str]:
    """What Consul is asked from now on; the pass that wrote was followed by one that did not."""
    repair.run()
    asked: list[str] = []

    def note(one: Asked) -> None:
        asked.append(one.path)

    cluster.consul_door.mood = note
    return asked


def test_a_limit_that_comes_moves_and_goes_is_written_and_the_routes_stay(
    cluster: Inside, web: Service, keys: dict[str, str]
) -> None:
    amount = f"traefik/http/middlewares/{web.slug}--guard/inFlightReq/amount"
    for limit in (40, 60):
        Service.objects.update(in_flight_limit=limit)
        repair.run()
        found = cluster.consul_keys()
        assert found[amount] == str(limit)
        assert keys.keys() <= found.keys()
    Service.objects.update(in_flight_limit=None)
    repair.run()
    assert cluster.consul_keys() == keys


QUERY, INDEX = "/v1/query", "/v1/kv/traefik/?keys=1&separator=%2F"
TREE = "/v1/kv/traefik/http/?recurse=1"
CERTIFICATES = "/v1/kv/traefik/tls/certificates/muster-?recurse=1"


def test_where_nothing_changed_nothing_is_read_but_the_query_is_ensured(
    at_rest: list[str],
) -> None:
    repair.run()
    assert at_rest == [QUERY, INDEX]


def test_a_pass_that_wrote_is_followed_by_one_that_compares(
    cluster: Inside, at_rest: list[str]
) -> None:
    cluster.lose_key(LIVE)
    repair.run()
    at_rest.clear()
    repair.run()
    assert at_rest == [QUERY, INDEX, TREE, CERTIFICATES]
    repair.run()
    assert at_rest[4:] == [QUERY, INDEX]


@pytest.mark.parametrize(
    "operation",
    [
        Operation("delete", LIVE),
        Operation("set", LIVE, value="another"),
        Operation("set", f"{LIVE}s", value="too much"),
        Operation("delete", SHARED),
    ],
)
def test_what_another_hand_changed_is_mended_at_once(
    cluster: Inside, keys: dict[str, str], at_rest: list[str], operation: Operation
) -> None:
    cluster.consul.transact([operation])
    assert cluster.consul_keys() != keys
    repair.run()
    assert cluster.consul_keys() == keys


def test_an_emptied_consul_is_filled_at_once_after_a_rest(
    cluster: Inside, keys: dict[str, str], at_rest: list[str]
) -> None:
    for key in keys:
        cluster.lose_key(key)
    repair.run()
    assert cluster.consul_keys() == keys


ROWS: dict[str, Callable[[], object]] = {
    "a share": lambda: Rollout.objects.update(at=Fraction(1, 2), next=Fraction(1, 2), new="green"),
    "a state": lambda: Rollout.objects.update(state="ready", new="green"),
    "a verified colour": lambda: Colour.objects.filter(colour="green").update(verified=True),
    "a kind": lambda: Service.objects.update(kind="private"),
    "no port": lambda: Service.objects.update(kind="worker", port=None),
}


@pytest.mark.parametrize("moved", ROWS)
def test_what_the_rows_want_now_is_written_at_once(
    cluster: Inside, web: Service, at_rest: list[str], moved: str
) -> None:
    ROWS[moved]()
    repair.run()
    assert written(cluster.consul, web.slug, wanted_tree(rows.read(web.pk)), web.rollout.version)
    assert TREE in at_rest


def test_a_pass_that_failed_comes_again(
    cluster: Inside, keys: dict[str, str], at_rest: list[str]
) -> None:
    cluster.lose_key(LIVE)
    for path in ("/v1/txn", TREE, INDEX, QUERY):

        def refused(asked: Asked, path: str = path) -> Answer | None:
            return Answer("no", 503) if asked.path == path else None

        cluster.consul_door.mood = refused
        repair.run()
        assert cluster.consul_keys() != keys
    cluster.consul_door.mood = as_usual
    repair.run()
    assert cluster.consul_keys() == keys


def test_all_is_compared_once_a_minute_whatever_stands_still(
    cluster: Inside, keys: dict[str, str], at_rest: list[str]
) -> None:
    mine = repair.Repair()
    for now, reads in ((100.0, True), (100.0 + repair.WHOLE_S - 1, False), (160.0, True)):
        at_rest.clear()
        mine.run(now)
        assert (TREE in at_rest) == reads


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


def test_routes_of_muster_that_no_service_has_are_taken_away_and_others_keys_stay(
    cluster: Inside, web: Service, keys: dict[str, str]
) -> None:
    foreign = "traefik/http/routers/by-hand--live/service"
    cluster.consul.transact([Operation("set", foreign, value="theirs")])
    gone = wanted_tree(rows.read(web.pk))
    write(
        cluster.consul,
        "shop-production-gone",
        {key.replace(web.slug, "shop-production-gone"): value for key, value in gone.items()},
        3,
    )
    repair.run()
    assert cluster.consul_keys() == {**keys, foreign: "theirs"}
