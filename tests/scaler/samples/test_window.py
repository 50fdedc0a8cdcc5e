from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_admin.models import Tick
from scaler.samples.series import SERIES
from scaler.samples.window import decided_last, measured_of, newest
from tests.platform_admin.pages.measuring import at_rest, before_schedules, moved, tick, unproposed
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
RATE = SERIES.index("rate")


@pytest.fixture
def place(world: World) -> tuple[int, int]:
    """The cell and the team of the world's services."""
    return world.cell.pk, world.team.pk


def test_the_series_of_services_come_by_the_services_that_were_asked_for(
    world: World, place: tuple[int, int]
) -> None:
    web, api = world.service(), world.service("api", kind="private")
    tick(NOON, [web], {"rate": 1.0})
    tick(NOON + timedelta(seconds=10), [web, api], {"rate": 2.0})

    at, table = measured_of(*place, [api.pk, web.pk], NOON, NOON + timedelta(minutes=1))

    np.testing.assert_array_equal(at - NOON.timestamp(), [0.0, 10.0])
    np.testing.assert_array_equal(table[RATE], [[np.nan, 2.0], [1.0, 2.0]])
    assert table.shape == (len(SERIES), 2, 2)


def test_only_what_lies_inside_of_the_stretch_is_read(world: World, place: tuple[int, int]) -> None:
    web = world.service()
    for seconds in (-10, 0, 10, 20):
        tick(NOON + timedelta(seconds=seconds), [web], {"rate": float(seconds)})

    _, table = measured_of(*place, [web.pk], NOON, NOON + timedelta(seconds=10))

    np.testing.assert_array_equal(table[RATE, 0], [0.0, 10.0])


def test_a_row_from_before_a_series_was_added_knows_nothing_of_it(
    world: World, place: tuple[int, int]
) -> None:
    web = world.service()
    row = tick(NOON, [web], {"rate": 3.0, SERIES[-1]: 4.0})
    Tick.objects.filter(pk=row.pk).update(samples=bytes(row.samples)[:-4])

    _, table = measured_of(*place, [web.pk], NOON, NOON)

    assert table[RATE, 0, 0] == 3.0
    assert np.isnan(table[-1, 0, 0])


def test_more_services_and_ticks_cost_no_more_queries(world: World, place: tuple[int, int]) -> None:
    services = [world.service(), world.service("api", kind="private"), world.worker()]
    for seconds in range(0, 100, 10):
        tick(NOON + timedelta(seconds=seconds), services, {"rate": 1.0}, at_rest(1))

    with CaptureQueriesContext(connection) as captured:
        measured_of(*place, [each.pk for each in services], NOON, NOON + timedelta(hours=1))
        newest(*place, [each.pk for each in services])

    assert len(captured) == 4


def test_the_newest_decision_is_told_beside_a_newer_sample(
    world: World, place: tuple[int, int]
) -> None:
    web, api = world.service(), world.service("api", kind="private")
    tick(NOON, [web], {}, moved(2, proposal=7, quota=5))
    tick(NOON + timedelta(seconds=10), [web], {})

    found = newest(*place, [web.pk, api.pk])

    assert (found.at, found.decided_at) == (NOON + timedelta(seconds=10), NOON)
    assert tuple(found.counts[0]) == moved(2, proposal=7, quota=5)
    assert np.isnan(found.counts[1]).all()


def test_where_nothing_was_proposed_the_count_stayed_as_it_was(
    world: World, place: tuple[int, int]
) -> None:
    web = world.service()
    tick(NOON, [web], {}, unproposed(at_rest(4)))

    assert tuple(newest(*place, [web.pk]).counts[0]) == at_rest(4)


def test_a_decision_from_before_schedules_is_read_by_its_steps(
    world: World, place: tuple[int, int]
) -> None:
    web = world.service()
    counts = moved(2, proposal=7, rate=6, quota=5)
    tick(NOON, [web], {}, before_schedules(counts))

    assert tuple(newest(*place, [web.pk]).counts[0]) == counts
    assert tuple(decided_last()[0].counts[:, 0]) == counts


def test_without_ticks_nothing_is_known(world: World, place: tuple[int, int]) -> None:
    found = newest(*place, [1, 2])
    at, table = measured_of(*place, [1, 2], NOON, NOON)

    assert (found.at, found.decided_at, found.counts.shape) == (None, None, (2, 0))
    assert (at.shape, table.shape) == ((0,), (len(SERIES), 2, 0))
