from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from platform_admin.models import (
    SHARDS,
    SampleHour,
    ScalingEvent,
    Service,
    ServiceLimits,
    Shard,
    Tick,
)
from platform_admin.verbs.limits import KEPT_RELEASES
from scaler.samples import ticks
from scaler.samples.hours import fold, measured
from scaler.samples.series import SERIES, empty
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def web(world: World) -> Service:
    Shard.objects.create(cell=world.cell, number=world.team.pk % SHARDS)
    return world.service()


def measure(at: datetime, *services: Service, rate: float = 1.0, decided: bool = True) -> None:
    table = empty(len(services))
    table[SERIES.index("rate")] = rate
    ids = np.array(sorted(each.pk for each in services), dtype=np.int64)
    shard = Shard.objects.get().pk
    ticks.write(at, ids, table, {shard: np.arange(len(ids))})
    if decided:
        Tick.objects.filter(at=at).update(decided_at=at)


def rates(service: Service, since: datetime, until: datetime) -> list[tuple[float, float]]:
    at, table = measured(service.pk, since, until)
    row = table[SERIES.index("rate")]
    return [(moment - NOON.timestamp(), rate) for moment, rate in zip(at, row, strict=True)]


def test_whole_hours_become_a_row_a_service_and_their_ticks_go(world: World, web: Service) -> None:
    api = world.service("api")
    for minute in range(0, 150, 10):
        measure(NOON + timedelta(minutes=minute), web, api, rate=minute)
    day = (NOON, NOON + timedelta(days=1))
    before = rates(web, *day)

    assert fold(NOON + timedelta(hours=2, minutes=30)) == 2
    assert SampleHour.objects.count() == 2
    assert Tick.objects.count() == 9
    assert rates(web, *day) == before
    assert len(before) == 15
    assert fold(NOON + timedelta(hours=2, minutes=40)) == 0
    assert rates(web, *day) == before


def test_the_newest_decision_is_kept_however_old_it_is(web: Service) -> None:
    for minute in range(0, 60, 10):
        measure(NOON + timedelta(minutes=minute), web)
    fold(NOON + timedelta(days=2))

    assert Tick.objects.get().at == NOON + timedelta(minutes=50)
    fold(NOON + timedelta(days=2))
    assert len(rates(web, NOON, NOON + timedelta(hours=1))) == 6


def test_rows_go_after_eight_days(web: Service) -> None:
    measure(NOON, web)
    measure(NOON + timedelta(hours=3), web)
    fold(NOON + timedelta(hours=5))
    assert SampleHour.objects.count() == 2

    fold(NOON + timedelta(days=8, hours=1))
    assert SampleHour.objects.get().hour == NOON + timedelta(hours=3)


def test_what_the_scaler_decided_goes_after_ninety_days(web: Service) -> None:
    def happened(age: timedelta, origin: str) -> None:
        ScalingEvent.objects.create(
            service=web, at=NOON - age, origin=origin, before=1, after=2, reason=f"{age.days} d"
        )

    for origin in ("policy", "person"):
        happened(timedelta(days=91), origin)
        happened(timedelta(days=89), origin)
    fold(NOON)

    left = ScalingEvent.objects.order_by("at", "origin").values_list("origin", "reason")
    assert list(left) == [("person", "91 d"), ("person", "89 d"), ("policy", "89 d")]


def test_a_service_that_came_within_the_hour_has_its_part_of_it(world: World, web: Service) -> None:
    measure(NOON, web)
    api = world.service("api")
    measure(NOON + timedelta(minutes=30), web, api, rate=5.0)
    fold(NOON + timedelta(hours=3))

    hour = (NOON, NOON + timedelta(hours=1))
    found = rates(api, *hour)
    assert found[-1] == (1800.0, 5.0)
    assert np.isnan([rate for _, rate in found[:-1]]).all()


def test_of_a_service_that_was_never_measured_there_is_nothing(web: Service) -> None:
    at, table = measured(web.pk, NOON, NOON + timedelta(hours=1))
    assert (len(at), table.shape) == (0, (len(SERIES), 0))


def test_what_was_measured_of_old_releases_goes(web: Service) -> None:
    ServiceLimits.objects.bulk_create(
        ServiceLimits(service=web, release=number) for number in range(1, KEPT_RELEASES + 2)
    )
    fold(NOON)
    assert ServiceLimits.objects.count() == KEPT_RELEASES
    assert not ServiceLimits.objects.filter(release=1).exists()
