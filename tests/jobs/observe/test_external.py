from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django import Settings

from jobs import servers
from jobs.deploy.passing import passing
from jobs.observe import external
from jobs.observe.external import look, probe
from local.launch.ports import any_free
from platform_admin.models import Deletion, Resource
from platform_admin.verbs.external import External, change_external, register_external
from tests.jobs.inside import Inside, inside
from tests.jobs.postgres_server import PASSWORD, Server, running
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture
def given(server: Server, settings: Settings) -> External:
    """How the server is entered, in a network that is allowed."""
    settings.MUSTER_EXTERNAL_NETWORKS = ["127.0.0.0/8"]
    return External("127.0.0.1", server.port, "muster_admin", PASSWORD, "postgres")


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    with inside(tmp_path) as found:
        monkeypatch.setattr(servers, "consul", lambda: found.consul)
        yield found


def registered(world: World, given: External) -> Resource:
    return register_external(
        world.dana, world.environment, name="books", kind="postgres", given=given
    )


def test_a_postgres_answers_who_knows_its_password(given: External) -> None:
    assert probe("postgres", given).error == ""
    assert probe("postgres", given).address == "127.0.0.1"
    assert (
        "password authentication failed" in probe("postgres", replace(given, password="no")).error
    )
    assert "does not exist" in probe("postgres", replace(given, database="nothing")).error
    assert probe("postgres", replace(given, port=any_free())).error


def test_a_redis_answers_who_knows_its_password(given: External, settings: Settings) -> None:
    parts = urlsplit(os.environ["REDIS_URL"])
    # The tests' own server is Muster's own too: it is tried as if it were not.
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert parts.port
    known = External("127.0.0.1", parts.port, "default", parts.password or "")

    assert probe("redis", known).error == ""
    assert probe("redis", replace(known, password="wrong")).error
    assert probe("redis", replace(known, password="")).error


def test_an_address_that_is_closed_is_never_connected_to(
    given: External, settings: Settings
) -> None:
    settings.MUSTER_EXTERNAL_NETWORKS = []

    assert "loopback" in probe("postgres", given).error


def test_consul_is_told_what_was_found_and_when_it_changes(
    world: World, cluster: Inside, given: External
) -> None:
    resource = registered(world, given)
    assert cluster.consul.health(resource.slug) == ()
    look()
    [passing] = cluster.consul.health(resource.slug)
    assert (passing.node, passing.address, passing.port) == (
        f"ext-{resource.slug}",
        "127.0.0.1",
        given.port,
    )
    resource.refresh_from_db()
    change_external(world.dana, resource, replace(given, password="wrong"))
    look()
    resource.refresh_from_db()
    assert "authentication failed" in resource.probe_error
    assert cluster.consul.health(resource.slug) == ()


def test_a_consul_that_lost_everything_hears_of_it_again(
    world: World, cluster: Inside, given: External
) -> None:
    resource = registered(world, given)
    look()
    cluster.consul.deregister_external(resource.slug)
    look()
    assert cluster.consul.health(resource.slug) == ()
    Resource.objects.update(probed_at=timezone.now() - timedelta(minutes=1))
    look()
    assert len(cluster.consul.health(resource.slug)) == 1


def test_a_consul_that_is_away_leaves_the_row_to_be_told_later(
    world: World, cluster: Inside, given: External
) -> None:
    resource = registered(world, given)
    cluster.consul_door.away()
    look()
    resource.refresh_from_db()
    assert resource.probed_at is None


def test_one_that_is_deleted_while_it_is_probed_is_not_entered_again(
    world: World, cluster: Inside, given: External, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(world, given)
    row = Resource.objects.select_related("environment__app").get()
    deletion = Deletion.objects.create(team=world.team, kind="resource", name="books")
    answers = external.Probe("", "127.0.0.1")
    Resource.objects.update(deletion=deletion)
    external._tell(row, answers, timezone.now())
    assert cluster.consul.externals() == ()

    Resource.objects.update(deletion=None)
    tell = cluster.consul.register_external

    def told(*args: Any, **more: Any) -> None:
        tell(*args, **more)
        Resource.objects.update(deletion=deletion)

    monkeypatch.setattr(cluster.consul, "register_external", told)
    external._tell(row, answers, timezone.now())
    assert cluster.consul.externals() == ()


def test_what_no_row_has_goes_out_of_consul_and_others_nodes_stay(
    world: World, cluster: Inside
) -> None:
    ours = {"app": "a", "environment": "e", "resource": "r"}
    for slug, meta in (("a-e-r", ours), ("crm", {})):
        cluster.consul.register_external(slug, address="192.0.2.1", port=1, passing=True, meta=meta)
    look()
    assert cluster.consul.externals() == ("crm",)


def test_one_whose_password_does_not_open_says_so_and_the_others_are_probed(
    world: World, cluster: Inside, given: External
) -> None:
    broken = registered(world, given)
    other = register_external(
        world.dana, world.environment, name="other", kind="postgres", given=given
    )
    broken.credentials.update(sealed=b"nothing")
    look()
    broken.refresh_from_db()
    assert "password does not open" in broken.probe_error
    assert len(cluster.consul.health(other.slug)) == 1
    assert cluster.consul.health(broken.slug) == ()


def test_a_node_from_outside_is_not_taken_for_a_resource_that_muster_runs(
    world: World, cluster: Inside
) -> None:
    cache = world.redis()
    cluster.consul.register_external(cache.slug, address="192.0.2.1", port=1, passing=True)
    assert passing(cache) == ()
    cache.external = True
    assert len(passing(cache)) == 1
