from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from platform_admin.models import Service, ServiceLimits
from platform_admin.verbs.limits import (
    KEPT_RELEASES,
    LATE_S,
    Held,
    StartUp,
    Stop,
    forget_limits,
    note_held,
    note_start_ups,
    note_stops,
)
from platform_admin.verbs.releases import release
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def of(service: Service, number: int = 1) -> ServiceLimits:
    return ServiceLimits.objects.get(service=service, release=number)


def start_up(service: Service, number: int = 1) -> tuple[float | None, int]:
    row = of(service, number)
    return row.start_up_s, row.start_ups


def test_half_of_the_measured_start_up_is_the_newest(world: World) -> None:
    web = world.service()
    note_start_ups([StartUp(web.pk, 1, 8.0, 1.0)])
    assert start_up(web) == (8, 1)
    note_start_ups([StartUp(web.pk, 1, 2.0, 1.0)])
    assert start_up(web) == (5, 2)


def test_each_release_has_its_own_start_up(world: World) -> None:
    web = world.service()
    note_start_ups([StartUp(web.pk, 1, 8.0, 1.0), StartUp(web.pk, 2, 2.0, 1.0)])
    assert (start_up(web, 1), start_up(web, 2)) == ((8, 1), (2, 1))


def test_start_ups_that_end_at_once_are_learned_in_one_statement(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    web, worker = world.service(), world.worker()
    with django_assert_num_queries(1):
        note_start_ups(
            [StartUp(web.pk, 1, s, 1.0) for s in (2.0, 6.0)] + [StartUp(worker.pk, 1, 9.0, 1.0)]
        )
    assert (start_up(web), start_up(worker)) == ((4, 2), (9, 1))
    with django_assert_num_queries(0):
        note_start_ups([])


@pytest.mark.parametrize(
    ("seconds", "ran_s", "learned"),
    [(40.0, 30.0, 40.0), (1804.0, 30.0, 120.0), (1804.0, 120.0, 120.0), (1804.0, 1800.0, None)],
)
def test_a_start_up_is_no_longer_than_its_limit_and_what_was_ill_for_longer_teaches_nothing(
    world: World, seconds: float, ran_s: float, learned: float | None
) -> None:
    web = world.service()
    note_start_ups([StartUp(web.pk, 1, seconds, ran_s)])
    found = ServiceLimits.objects.values_list("start_up_s", flat=True).first()
    assert web.start_limit_s == 120
    assert found == learned


def test_half_of_the_measured_stop_is_the_newest_beside_the_start_up(world: World) -> None:
    web = world.service()
    note_start_ups([StartUp(web.pk, 1, 8.0, 1.0)])
    note_stops([Stop(web.pk, 1, 6.0, killed=False)])
    note_stops([Stop(web.pk, 1, 3.0, killed=False), Stop(web.pk, 1, 5.0, killed=False)])
    row = of(web)
    assert (row.stop_s, row.stops, row.start_up_s, row.start_ups) == (5, 3, 8, 1)


@pytest.mark.parametrize(
    ("seconds", "killed", "learns"),
    [
        (29.0, False, True),
        (29.0, True, False),
        (30.0, True, True),
        (30.0 + LATE_S, False, True),
        (31.0 + LATE_S, False, False),
    ],
)
def test_a_kill_before_its_time_and_a_node_that_was_away_are_no_drain(
    world: World, seconds: float, killed: bool, learns: bool
) -> None:
    web = world.service()
    note_stops([Stop(web.pk, 1, seconds, killed=killed)])
    assert web.kill_timeout_s == 30
    assert ServiceLimits.objects.exists() == learns


def test_what_an_instance_holds_stands_beside_its_times(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    web, worker = world.service(), world.worker()
    note_start_ups([StartUp(web.pk, 1, 8.0, 1.0)])
    with django_assert_num_queries(1):
        note_held([Held(web.pk, 1, 40.0, 0.5), Held(worker.pk, 1, 2.0, 0.9)], NOW)
    note_held([Held(web.pk, 1, 48.0, 0.8), Held(10**9, 1, 1.0, 1.0)], NOW)
    row = of(web)
    assert (row.holds, row.confidence, row.held_at, row.start_up_s) == (48, 0.8, NOW, 8)
    assert of(worker).holds == 2


def test_the_newest_releases_and_the_live_one_are_kept(world: World) -> None:
    web, worker = world.service(), world.worker()
    make_live(web, release(world.dana, world.environment))
    for number in range(1, KEPT_RELEASES + 4):
        note_start_ups([StartUp(web.pk, number, 8.0, 1.0)])
    note_start_ups([StartUp(worker.pk, 1, 8.0, 1.0)])

    assert forget_limits() == 2
    numbers = web.limits.order_by("release").values_list("release", flat=True)
    assert list(numbers) == [1, *range(4, KEPT_RELEASES + 4)]
    assert worker.limits.count() == 1
