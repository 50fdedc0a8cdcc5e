from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest

from jobs.specs.group import RESCHEDULED_AFTER_S
from platform_admin.models import Cell, Instance, Rollout, Service
from scaler.sources.instances import REPLACED_WITHIN_S, instances
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture
def web(world: World) -> Service:
    """A service of a cell that was observed now."""
    Cell.objects.update(observed_at=NOW)
    return world.service()


def instance(service: Service, *, ago_s: float = 0.0, **fields: object) -> None:
    """A healthy instance that was written so long ago, unless said otherwise."""
    values: dict[str, object] = {"client_status": "running", "desired_status": "run"}
    values |= {"colour": "blue", "number": 0, "healthy": True}
    Instance.objects.create(
        allocation=f"a{Instance.objects.count()}",
        cell=service.environment.cell,
        environment=service.environment,
        service=service,
        job=f"{service.slug}-blue",
        node="n",
        seen_at=NOW - timedelta(seconds=ago_s),
        **(values | fields),
    )


def failed(service: Service, ago_s: float, **fields: object) -> None:
    instance(service, ago_s=ago_s, client_status="failed", healthy=False, ended=True, **fields)


def counted(service: Service, name: str) -> float:
    columns = instances(service.environment.cell_id, np.array([service.pk]), NOW.timestamp())
    return float(columns[name][0])


def test_what_is_to_run_has_a_place_and_what_is_to_stop_has_none(web: Service) -> None:
    for fields in ({}, {"healthy": False}, {"desired_status": "stop", "draining": True}):
        instance(web, **fields)
    assert (counted(web, "placed"), counted(web, "healthy")) == (2, 1)


@pytest.mark.parametrize(
    ("ago_s", "placed"),
    [(0, 1), (RESCHEDULED_AFTER_S, 1), (REPLACED_WITHIN_S, 0), (3600, 0)],
)
def test_what_failed_keeps_its_place_until_it_should_have_been_replaced(
    web: Service, ago_s: float, placed: int
) -> None:
    failed(web, ago_s)
    assert (counted(web, "placed"), counted(web, "healthy")) == (placed, 0)
    assert counted(web, "running") == 0


def test_an_old_observation_knows_nothing_of_a_replacement(web: Service) -> None:
    failed(web, ago_s=65)
    Cell.objects.update(observed_at=NOW - timedelta(seconds=60))
    assert (counted(web, "placed"), counted(web, "ready_age_s")) == (1, 60)


@pytest.mark.parametrize(
    ("desired", "client"), [("stop", "failed"), ("run", "lost"), ("run", "complete")]
)
def test_what_was_replaced_or_lost_has_no_place(web: Service, desired: str, client: str) -> None:
    instance(web, desired_status=desired, client_status=client, healthy=False, ended=True)
    assert counted(web, "placed") == 0


ONE, NONE, HALF = Fraction(1), Fraction(0), Fraction(1, 2)


@pytest.mark.parametrize(
    ("live", "at", "next_", "moving", "serving"),
    [
        (None, NONE, NONE, False, 0),
        ("blue", NONE, NONE, False, 3),
        ("green", ONE, ONE, False, 2),
        ("blue", NONE, HALF, False, 3),
        ("blue", NONE, HALF, True, 5),
        ("blue", HALF, HALF, False, 5),
        ("blue", HALF, ONE, True, 5),
        ("blue", ONE, ONE, False, 2),
        ("blue", ONE, NONE, True, 5),
        (None, NONE, ONE, True, 2),
        (None, ONE, ONE, False, 2),
    ],
)
def test_the_instances_of_the_colours_that_carry_traffic_serve(
    web: Service, live: str | None, at: Fraction, next_: Fraction, moving: bool, serving: int
) -> None:
    Rollout.objects.update(live=live, new="green", at=at, next=next_, moving=moving)
    for colour in ("blue", "blue", "blue", "green", "green"):
        instance(web, colour=colour)
    instance(web, healthy=False)
    assert (counted(web, "serving"), counted(web, "healthy")) == (serving, 5)


def test_a_workers_instances_of_both_colours_take_jobs(world: World, web: Service) -> None:
    worker = world.worker()
    for colour in ("blue", "green"):
        instance(worker, colour=colour)
    assert counted(worker, "serving") == 2


def test_without_an_observation_nothing_is_known(web: Service) -> None:
    instance(web)
    Cell.objects.update(observed_at=None)
    for name in ("placed", "healthy", "serving", "ready_age_s"):
        assert np.isnan(counted(web, name))


def test_a_service_without_a_row_has_no_instance(world: World, web: Service) -> None:
    instance(world.service("api"))
    assert (counted(web, "placed"), counted(web, "healthy")) == (0, 0)
