from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper

from platform_admin.models import SHARDS, Shard, Tick
from scaler.rules.arrays import Floats, Ints
from scaler.samples.columns import columns
from scaler.samples.series import SERIES, Row, aligned
from scaler.samples.ticks import sample_of, write
from scaler.samples.window import measured_of
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR = (NOON, NOON + timedelta(hours=1))


@pytest.fixture
def shard(world: World) -> Shard:
    return Shard.objects.create(cell=world.cell, number=world.team.pk % SHARDS)


def tick(shard: Shard, seconds: int, services: Ints, table: Row) -> None:
    places = np.arange(len(services))
    write(NOON + timedelta(seconds=seconds), services, table, {shard.pk: places})


def random_ticks(shard: Shard, times: int, services: int) -> Ints:
    """Ticks of numbers and gaps; services come and go, and some rows lack the newest series."""
    rng = np.random.default_rng(7)
    ids = np.sort(rng.choice(100_000, services, replace=False)).astype(np.int64)
    for place in range(times):
        some = ids[rng.random(services) < 0.8] if place % 3 == 0 else ids
        table = rng.gamma(2.0, 3.0, (len(SERIES), len(some))).astype(np.float32)
        table[rng.random(table.shape) < 0.3] = np.nan
        tick(shard, 10 * place, some, table if place % 4 else table[:-2])
    return ids


def by_whole_rows(services: Sequence[int]) -> Floats:
    """The same as `measured_of`, of the whole bytes of each tick. (SERIES, n, k)"""
    wanted, found = np.array(services, dtype=np.int64), []
    for row in Tick.objects.order_by("at"):
        sample, table = sample_of(row), np.full((len(SERIES), len(services)), np.nan)
        table[: len(sample.table)] = aligned(sample.table, sample.services, wanted, np.nan)
        found.append(table)
    return np.stack(found, axis=-1)


def test_what_is_cut_out_is_what_the_whole_rows_hold(world: World, shard: Shard) -> None:
    ids = random_ticks(shard, 40, 60).tolist()
    for wanted in ([ids[0]], [ids[-1]], [ids[9], ids[3]], [ids[5], 200_000, ids[4]], ids, []):
        at, table = measured_of(world.cell.pk, world.team.pk, wanted, *HOUR)

        np.testing.assert_array_equal(table, by_whole_rows(wanted))
        np.testing.assert_array_equal(at - NOON.timestamp(), np.arange(0, 400, 10))


def test_a_tick_that_knows_none_of_the_services_is_there_without_them(
    world: World, shard: Shard
) -> None:
    tick(shard, 0, np.array([3, 4]), np.ones((len(SERIES), 2), dtype=np.float32))
    [found] = columns(world.cell.pk, world.team.pk, [5], *HOUR)

    assert (found.at, found.services.tolist(), found.table.size) == (NOON, [], 0)


def test_a_service_is_not_found_across_the_bytes_of_two_others(world: World, shard: Shard) -> None:
    ids = np.array([0x10000, 0x10100])
    tick(shard, 0, ids, np.ones((len(SERIES), 2), dtype=np.float32))
    [found] = columns(world.cell.pk, world.team.pk, [0x100], *HOUR)

    assert not len(found.services)


@contextmanager
def read_bytes() -> Iterator[list[int]]:
    """The sizes of what the database answers, by the rows' bytes."""
    sizes: list[int] = []

    class Counting(CursorWrapper):
        def _noted(self, rows: list[Any]) -> list[Any]:
            values = [each for row in rows for each in row]
            sizes.extend(len(each) for each in values if isinstance(each, bytes | memoryview))
            return rows

        def fetchall(self) -> list[Any]:
            return self._noted(self.cursor.fetchall())

        def fetchmany(self, *size: int) -> list[Any]:
            return self._noted(self.cursor.fetchmany(*size))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "make_cursor", lambda cursor: Counting(cursor, connection))
        patch.setattr(connection, "make_debug_cursor", lambda cursor: Counting(cursor, connection))
        yield sizes


def test_one_service_costs_its_own_bytes_not_those_of_its_shard(world: World, shard: Shard) -> None:
    services, times = 200, 30
    ids = np.arange(1, services + 1)
    for place in range(times):
        tick(shard, 10 * place, ids, np.ones((len(SERIES), services), dtype=np.float32))
    with read_bytes() as sizes:
        measured_of(world.cell.pk, world.team.pk, [7], *HOUR)

    assert sum(sizes) == 32 + 8 * services + 4 * len(SERIES) * times
