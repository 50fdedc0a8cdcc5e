from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from platform_admin.models import SHARDS, Shard, Tick
from scaler.samples.series import SERIES
from scaler.samples.ticks import last
from tests.platform_admin.pages.measuring import tick
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", [SERIES[0], "service_s", SERIES[-1]])
def test_a_series_is_told_as_the_newest_tick_has_it(world: World, name: str) -> None:
    web, api, worker = world.service(), world.service("api", kind="private"), world.worker()
    tick(NOON, [web, api], {name: 9.0})
    tick(NOON + timedelta(seconds=10), [web, worker], {name: 2.0})

    services = np.array(sorted((web.pk, api.pk, worker.pk)))
    found = last(world.cell.pk, name, services)
    assert dict(zip(services.tolist(), found.tolist(), strict=True)) == {
        web.pk: 2.0,
        api.pk: pytest.approx(np.nan, nan_ok=True),
        worker.pk: 2.0,
    }


def test_each_shard_has_a_newest_tick_of_its_own(world: World) -> None:
    web = world.service()
    tick(NOON, [web], {"service_s": 2.0})
    other = Shard.objects.create(cell=world.cell, number=(world.team.pk + 1) % SHARDS)
    row = Tick.objects.get()
    Tick.objects.create(
        shard=other, at=NOON + timedelta(seconds=5), services=b"\x01" * 8, samples=row.samples
    )

    assert last(world.cell.pk, "service_s", np.array([web.pk])).tolist() == [2.0]


def test_a_row_from_before_the_series_does_not_tell_it(world: World) -> None:
    web = world.service()
    row = tick(NOON, [web], {SERIES[-1]: 4.0})
    Tick.objects.filter(pk=row.pk).update(samples=bytes(row.samples)[:-4])

    assert np.isnan(last(world.cell.pk, SERIES[-1], np.array([web.pk]))).all()


def test_without_ticks_nothing_is_told(world: World) -> None:
    assert np.isnan(last(world.cell.pk, "service_s", np.array([1, 2]))).all()
