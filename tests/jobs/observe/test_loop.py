from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError
from pytest_django import Settings

from jobs.consul import Consul
from jobs.errors import Unavailable
from jobs.observe import loop, seen
from local.cluster.web import Answer
from platform_admin.models import Cell, Colour, Fault, Instance, Service
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside, as_usual
from tests.jobs.server import Asked
from tests.platform_admin.verbs.world import World

SOON = datetime.now(UTC) + timedelta(hours=1)


def cell() -> Cell:
    return Cell.objects.get()


@pytest.mark.parametrize(("worked_s", "rests_s"), [(0.0, 1.0), (0.1, 1.0), (0.5, 4.5), (3.0, 5.0)])
def test_it_rests_so_long_that_it_takes_a_tenth_of_a_core(worked_s: float, rests_s: float) -> None:
    assert loop.rest_s(worked_s) == rests_s


def test_it_is_as_old_as_the_moment_at_which_the_reading_began(
    cluster: Inside, web: Service
) -> None:
    asked: list[datetime] = []

    def note(_: Asked) -> None:
        asked.append(datetime.now(UTC))

    cluster.nomad_door.mood = note
    before = datetime.now(UTC)
    loop.observe(cell())
    observed_at = cell().observed_at
    assert observed_at is not None
    assert before <= observed_at <= asked[0]


def test_of_two_observers_the_one_that_began_later_wins_with_its_table(
    cluster: Inside, web: Service
) -> None:
    Cell.objects.update(observed_at=SOON)
    Instance.objects.all().delete()
    loop.observe(cell())
    assert cell().observed_at == SOON
    assert not Instance.objects.exists()


@pytest.mark.parametrize("server", ["nomad", "consul"])
def test_while_a_server_is_away_the_last_known_state_stays_and_its_age_tells(
    cluster: Inside, web: Service, caplog: pytest.LogCaptureFixture, server: str
) -> None:
    before = cell().observed_at
    {"nomad": cluster.nomad_door, "consul": cluster.consul_door}[server].away()
    with caplog.at_level(logging.WARNING):
        loop._round(cell(), loop.Kept())
    assert (cell().observed_at, cell().observation_error) == (before, f"{server}: no server")
    assert Instance.objects.count() == 2
    cluster.nomad_door.mood = cluster.consul_door.mood = as_usual
    loop._round(cell(), loop.Kept())
    assert cell().observation_error == ""


@pytest.mark.parametrize("allowed", [True, False])
def test_a_round_follows_what_was_broken_on_purpose_where_that_is_allowed(
    cluster: Inside, web: Service, settings: Settings, allowed: bool
) -> None:
    settings.MUSTER_FAULTS = allowed
    at = datetime.now(UTC) - timedelta(seconds=20)
    Fault.objects.create(service=web, kind="cut", at=at, until=at + timedelta(seconds=20))

    loop._round(cell(), loop.Kept())

    assert (Fault.objects.get().ended_at is not None) == allowed


def test_a_round_that_fails_as_nobody_thought_of_is_logged_and_ends_nothing(
    cluster: Inside, web: Service, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.nomad_door.mood = lambda _: Answer([{}])
    with caplog.at_level(logging.ERROR):
        loop._round(cell(), loop.Kept())
    assert "this round found nothing" in caplog.text
    assert Instance.objects.count() == 2


def test_a_service_that_is_deleted_while_it_is_observed_costs_one_round_alone(
    cluster: Inside, web: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def store(*_: object) -> None:
        raise IntegrityError("is not present in table platform_admin_service")

    kept, before = loop.Kept(), cell().observed_at
    with monkeypatch.context() as meanwhile, caplog.at_level(logging.INFO):
        meanwhile.setattr(loop, "store", store)
        loop._round(cell(), kept)
    assert "a row went meanwhile" in caplog.text
    assert cell().observed_at == before
    loop._round(cell(), kept)
    assert cell().observed_at != before


def test_a_consul_without_any_check_is_not_believed(cluster: Inside, web: Service) -> None:
    cluster.consul_door.mood = lambda asked: Answer([]) if "health/state" in asked.path else None
    with pytest.raises(Unavailable, match="lists no check at all"):
        loop.observe(cell())


def test_a_nomad_without_any_instance_is_not_believed_while_a_job_has_some(
    cluster: Inside, web: Service
) -> None:
    cluster.nomad_door.mood = lambda asked: (
        Answer([]) if asked.path.startswith("/v1/allocations") else None
    )
    with pytest.raises(Unavailable, match="but shop-production-web-blue has some"):
        loop.observe(cell())


@pytest.mark.parametrize("stops", [True, False])
def test_where_no_job_wants_instances_none_is_believed(
    cluster: Inside, web: Service, stops: bool
) -> None:
    job = "shop-production-web-blue"
    cluster.nomad.stop("demo", job) if stops else cluster.by_hand(job, 0)
    cluster.follow()
    cluster.forget_ended()
    loop.observe(cell())
    assert not Instance.objects.exists()


def test_the_edges_addresses_are_those_of_the_first_one_that_passes(
    world: World, cluster: Inside
) -> None:
    loop.observe(cell())
    assert (cell().web_address, cell().private_address) == ("127.0.0.1:1", "127.0.0.1:2")
    cluster.edges.clear()
    cluster.follow()
    enter_something(cluster.consul)
    loop.observe(cell())
    assert cell().private_address == "127.0.0.1:2"


def enter_something(consul: Consul) -> None:
    """A check that is none of ours, so that Consul lists one."""
    consul.register_external("somebody", address="127.0.0.1", port=1, passing=True)


def test_an_entry_that_is_no_edge_of_ours_is_told(world: World, cluster: Inside) -> None:
    cluster.consul.register_external("traefik", address="127.0.0.1", port=1, passing=True)
    loop.observe(cell())
    assert "says no `" in cell().observation_error


def rows() -> list[tuple[object, ...]]:
    found = Instance.objects.order_by("number")
    return list(found.values_list("number", "allocation", "healthy", "node", "ready_after_s"))


def test_where_nothing_moved_only_indexes_are_asked_for_and_the_age_is_written(
    cluster: Inside, web: Service
) -> None:
    kept = loop.Kept()
    loop.observe(cell(), kept)
    before, found, asked = cell().observed_at, rows(), list[str]()

    def note(one: Asked) -> None:
        asked.append(one.path)

    cluster.nomad_door.mood = cluster.consul_door.mood = note
    loop.observe(cell(), kept)
    after = cell().observed_at
    assert before is not None
    assert after is not None
    assert after > before
    assert rows() == found
    assert asked == [
        "/v1/allocations?namespace=%2A&task_states=false&per_page=1",
        "/v1/health/state/critical",
        "/v1/health/service/traefik?passing=1",
    ]


CHANGES: dict[str, Callable[[], object]] = {
    "one row went": lambda: Instance.objects.filter(number=0).delete(),
    "all rows went": lambda: Instance.objects.all().delete(),
    "a row was changed": lambda: Instance.objects.filter(number=0).update(node="another"),
    "a row is too many": lambda: Instance.objects.filter(number=0).update(allocation="another"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_rows_that_another_one_wrote_are_mended_though_nothing_moved(
    cluster: Inside, web: Service, change: str
) -> None:
    kept = loop.Kept()
    loop.observe(cell(), kept)
    before = [row[:4] for row in rows()]
    CHANGES[change]()
    loop.observe(cell(), kept)
    assert [row[:4] for row in rows()] == before


def test_a_worker_becomes_healthy_though_nothing_moves(
    world: World, cluster: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand(world, cluster, world.worker())
    kept = loop.Kept()
    with monkeypatch.context() as slow:
        slow.setattr(seen, "STEADY", timedelta(hours=1))
        loop.observe(cell(), kept)
    assert [row[2] for row in rows()] == [False] * len(rows())
    assert rows()
    loop.observe(cell(), kept)
    assert [row[2] for row in rows()] == [True] * len(rows())


def test_what_moves_between_two_rounds_is_seen_in_the_second(cluster: Inside, web: Service) -> None:
    kept, job = loop.Kept(), "shop-production-web-blue"
    loop.observe(cell(), kept)
    cluster.sick.add(job)
    cluster.by_hand(job, 3)
    cluster.follow()
    loop.observe(cell(), kept)
    assert [row[2] for row in rows()] == [False] * 3
    cluster.sick.clear()
    cluster.follow()
    loop.observe(cell(), kept)
    assert [row[2] for row in rows()] == [True] * 3
    cluster.by_hand(job, 1)
    cluster.follow()
    cluster.forget_ended()
    loop.observe(cell(), kept)
    assert [row[0] for row in rows()] == [0]


def test_a_service_that_went_is_observed_no_more(cluster: Inside, web: Service) -> None:
    kept = loop.Kept()
    loop.observe(cell(), kept)
    Colour.objects.filter(service=web).delete()
    loop.observe(cell(), kept)
    assert rows() == []


def test_an_emptied_nomad_is_not_believed_by_one_who_saw_instances(
    cluster: Inside, web: Service
) -> None:
    kept = loop.Kept()
    loop.observe(cell(), kept)
    index = cluster.nomad.allocations().index
    cluster.nomad_door.mood = lambda asked: (
        Answer([], headers={"X-Nomad-Index": str(index)})
        if asked.path.startswith("/v1/allocations")
        else None
    )
    with pytest.raises(Unavailable, match="but shop-production-web-blue has some"):
        loop.observe(cell(), kept)
    assert len(rows()) == 2


def test_of_two_observers_the_earlier_reading_is_nothing_to_the_later_one(
    cluster: Inside, web: Service
) -> None:
    one, two = loop.Kept(), loop.Kept()
    loop.observe(cell(), one)
    cluster.by_hand("shop-production-web-blue", 1)
    cluster.follow()
    cluster.forget_ended()
    loop.observe(cell(), two)
    assert len(rows()) == 1
    loop.observe(cell(), one)
    assert len(rows()) == 1
    Instance.objects.all().delete()
    for kept in (two, one):
        loop.observe(cell(), kept)
        assert len(rows()) == 1
