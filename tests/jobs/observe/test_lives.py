from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.nomad import Allocation
from jobs.nomad.task import TaskEvent, TaskState
from jobs.observe.seen import Known, Seen
from jobs.observe.store import WATCHED, store
from platform_admin.models import Cell, Instance, Service
from platform_admin.verbs.limits import StartUp, Stop
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def web(world: World) -> Service:
    """A web service of a cell that was observed a second ago."""
    Cell.objects.update(observed_at=NOW - SECOND)
    return world.service()


def seen(
    service: Service,
    *,
    healthy: bool,
    created: timedelta = 9 * SECOND,
    started: timedelta | None = None,
    restarts: int = 0,
    client: str = "running",
    desired: str = "run",
    code: int | None = None,
) -> Seen:
    """An instance that was created, and whose process was started, so long ago.

    `code`: what its process ended with.
    """
    known = Known(service.environment_id, service.pk, None, "blue", 1, has_port=True)
    started_at = None if started is None else NOW - started
    allocation = _allocation(created, restarts, client, desired, code)
    return Seen(known, allocation, healthy, started_at, 1, "")


def _allocation(
    created: timedelta, restarts: int, client: str, desired: str, code: int | None
) -> Allocation:
    ended = () if code is None else (TaskEvent("Terminated", "", 1, code),)
    return Allocation(
        id="a1",
        name="web.main[0]",
        namespace="demo",
        job_id="web",
        job_version=0,
        alloc_index=0,
        node="n",
        desired_status=desired,
        client_status=client,
        description="",
        create_time_ns=int((NOW - created).timestamp() * 1e9),
        modify_time_ns=1,
        ports={},
        address="",
        task=TaskState("running", False, restarts, None, None, ended),
        index=1,
    )


def then(before: Seen | None, after: Seen) -> list[StartUp]:
    """What the second of two observations, a second after the first, learned of start-ups."""
    cell = Cell.objects.get()
    store(cell, [before] if before else [], NOW - SECOND)
    return store(cell, [after], NOW)[0]


def stopped(service: Service, *looks: tuple[float, Seen]) -> list[Stop]:
    """What the last of several observations, so many seconds after NOW, learned of stops."""
    cell, stops = Cell.objects.get(), list[Stop]()
    for after_s, found in looks:
        at = NOW + after_s * SECOND
        stops = store(cell, [found], at)[1]
        cell.observed_at = at
    return stops


def test_a_start_up_whose_end_was_seen_is_learned(web: Service) -> None:
    before = seen(web, healthy=False, started=4 * SECOND)
    assert then(before, seen(web, healthy=True, started=4 * SECOND)) == [
        StartUp(web.pk, 1, 9.0, 4.0)
    ]


def test_an_instance_that_nobody_saw_starting_teaches_nothing(web: Service) -> None:
    assert then(None, seen(web, healthy=True)) == []


def test_an_instance_that_restarted_before_it_was_healthy_teaches_nothing(web: Service) -> None:
    assert then(seen(web, healthy=False), seen(web, healthy=True, restarts=1)) == []


@pytest.mark.parametrize("away", [WATCHED, WATCHED + SECOND, timedelta(hours=1)])
def test_what_became_healthy_while_nobody_looked_teaches_nothing(
    web: Service, away: timedelta
) -> None:
    Cell.objects.update(observed_at=NOW - away)
    learned = then(seen(web, healthy=False), seen(web, healthy=True))
    assert bool(learned) == (away <= WATCHED)


def test_the_first_observation_of_a_cell_teaches_nothing(web: Service) -> None:
    Cell.objects.update(observed_at=None)
    assert then(seen(web, healthy=False), seen(web, healthy=True)) == []


def test_an_instance_is_healthy_for_the_first_time_once(web: Service) -> None:
    then(seen(web, healthy=False), seen(web, healthy=True))
    assert then(seen(web, healthy=False), seen(web, healthy=True)) == []


def test_a_row_from_before_start_ups_were_measured_does_not_teach_its_age(web: Service) -> None:
    days = timedelta(days=3)
    then(None, seen(web, healthy=True, created=days, started=days))
    Instance.objects.update(ready_after_s=None)
    cell = Cell.objects.get()
    assert store(cell, [seen(web, healthy=True, created=days, started=days)], NOW)[0] == []
    assert Instance.objects.get().ready_after_s is None
    assert store(cell, [seen(web, healthy=False, created=days, started=days)], NOW)[0] == []

    learned, _ = store(cell, [seen(web, healthy=True, created=days, started=days)], NOW)
    assert [one.ran_s for one in learned] == [days.total_seconds()]


def test_a_row_that_is_written_again_while_healthy_teaches_nothing(web: Service) -> None:
    then(None, seen(web, healthy=True))
    Instance.objects.update(ready_after_s=None, node="another")
    assert store(Cell.objects.get(), [seen(web, healthy=True)], NOW)[0] == []


def runs(service: Service) -> Seen:
    return seen(service, healthy=True)


def drains(service: Service) -> Seen:
    return seen(service, healthy=False, desired="stop")


def ended(service: Service, client: str = "complete", code: int = 0, desired: str = "stop") -> Seen:
    return seen(service, healthy=False, client=client, desired=desired, code=code)


def test_a_stop_takes_from_the_order_until_the_end_was_seen(web: Service) -> None:
    looks = (0, runs(web)), (1, drains(web)), (4, drains(web)), (7, ended(web))
    assert stopped(web, *looks) == [Stop(web.pk, 1, 6.0, killed=False)]


def test_a_stop_between_two_observations_took_no_longer_than_that(web: Service) -> None:
    assert stopped(web, (0, runs(web)), (1, ended(web))) == [Stop(web.pk, 1, 1.0, killed=False)]


def test_a_process_that_was_killed_is_told_apart(web: Service) -> None:
    looks = (0, runs(web)), (1, drains(web)), (2, ended(web, code=137))
    assert [one.killed for one in stopped(web, *looks)] == [True]


@pytest.mark.parametrize(("client", "desired"), [("failed", "stop"), ("lost", "stop")])
def test_what_broke_did_not_stop(web: Service, client: str, desired: str) -> None:
    looks = (0, runs(web)), (1, drains(web)), (2, ended(web, client, desired=desired))
    assert stopped(web, *looks) == []


def test_what_ended_without_being_told_to_teaches_nothing(web: Service) -> None:
    assert stopped(web, (0, runs(web)), (1, ended(web, desired="run"))) == []


def test_an_ill_instance_that_is_ended_teaches_nothing(web: Service) -> None:
    looks = (0, seen(web, healthy=False)), (1, drains(web)), (2, ended(web))
    assert stopped(web, *looks) == []


@pytest.mark.parametrize(("away", "learns"), [(10.0, True), (11.0, False)])
def test_an_order_that_came_while_nobody_looked_teaches_nothing(
    web: Service, away: float, learns: bool
) -> None:
    looks = (0, runs(web)), (away, drains(web)), (away + 1, ended(web))
    assert bool(stopped(web, *looks)) == learns


def test_an_end_that_came_while_nobody_looked_teaches_nothing(web: Service) -> None:
    assert stopped(web, (0, runs(web)), (1, drains(web)), (12, ended(web))) == []


def test_an_instance_ends_once(web: Service) -> None:
    assert stopped(web, (0, runs(web)), (1, ended(web)), (2, ended(web, code=1))) == []


def test_a_stop_that_a_clock_set_back_makes_negative_teaches_nothing(web: Service) -> None:
    looks = (0, runs(web)), (1, drains(web)), (-3600, drains(web)), (-3599, ended(web))
    assert stopped(web, *looks) == []
