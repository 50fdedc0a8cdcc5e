from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import django_rq
import pytest
from pytest_django import Settings

from platform_admin.models import Cell, Fault, Instance, Service
from platform_admin.rules.faults import Kind
from platform_admin.verbs.faults import begin_fault, refuse_fault
from platform_admin.verbs.faults_followed import FOLLOWED, follow_faults
from platform_admin.verbs.traffic import Traffic, note
from tests.platform_admin.verbs.test_faults import NOW, SECOND, instance, web
from tests.platform_admin.verbs.world import World

__all__ = ["web"]


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> Iterator[None]:
    """Faults may be made; no traffic from another test."""
    settings.MUSTER_FAULTS = True
    yield
    server = django_rq.get_connection("traffic")
    for key in server.scan_iter("muster:traffic:*"):
        server.delete(key)


def seen(world: World, after_s: float) -> Fault:
    """The only fault, after an observation so many seconds after it."""
    now = NOW + after_s * SECOND
    Cell.objects.update(observed_at=now)
    follow_faults(world.cell.pk, now)
    return Fault.objects.get()


def test_a_killed_instance_is_back_when_it_was_started_again_and_is_healthy(
    world: World, web: Service
) -> None:
    begin_fault(world.dana, web, Kind.KILL, NOW)
    killed = Instance.objects.filter(number=0)

    assert seen(world, 1).replaced_at is None
    killed.update(started_at=NOW + 2 * SECOND, healthy=False, restarts=1)
    started = seen(world, 3)
    killed.update(healthy=True)
    healthy = seen(world, 4)

    assert (started.replaced_by, started.replaced_at) == ("alloc-0", NOW + 2 * SECOND)
    assert (started.ended_at, healthy.ended_at) == (None, NOW + 4 * SECOND)


def test_a_stopped_instance_is_replaced_by_the_one_of_its_number(
    world: World, web: Service
) -> None:
    begin_fault(world.dana, web, Kind.STOP, NOW)
    Instance.objects.filter(number=0).update(draining=True, healthy=False)
    instance(world, web, 5, allocation="scaled-out", started_at=NOW + SECOND)

    assert seen(world, 2).replaced_by == ""
    instance(world, web, 0, allocation="another", started_at=NOW + 6 * SECOND)
    found = seen(world, 8)

    assert (found.replaced_by, found.ended_at) == ("another", NOW + 8 * SECOND)


def test_a_cut_is_over_with_the_first_observation_that_began_after_it(
    world: World, web: Service
) -> None:
    begin_fault(world.dana, web, Kind.CUT, NOW)

    assert seen(world, 19).ended_at is None
    assert seen(world, 21).ended_at == NOW + 21 * SECOND


def test_what_failed_is_counted_where_traffic_was_sent(world: World, web: Service) -> None:
    begin_fault(world.dana, web, Kind.KILL, NOW)
    at = NOW.timestamp()
    failures = ((at - 9, 8), (at + 1, 2), (at + 30, 4))
    since, until = NOW - 20 * SECOND, NOW + 60 * SECOND
    note(world.environment.pk, Traffic("a", 120, until, since=since, failures=failures))

    assert seen(world, 3).failed == 2


@pytest.mark.parametrize("since_s", [None, 5])
def test_without_traffic_when_it_began_nobody_counted(
    world: World, web: Service, since_s: int | None
) -> None:
    begin_fault(world.dana, web, Kind.KILL, NOW)
    if since_s:
        since = NOW + since_s * SECOND
        note(world.environment.pk, Traffic("a", 120, since + 60 * SECOND, since=since))

    assert seen(world, 9).failed is None


def test_what_was_refused_or_is_long_over_is_not_followed(world: World, web: Service) -> None:
    fault = begin_fault(world.dana, web, Kind.CUT, NOW)
    refuse_fault(fault, "nomad is away", NOW)
    assert seen(world, 30).ended_at == NOW

    Fault.objects.update(refused="", ended_at=None)
    assert seen(world, FOLLOWED / timedelta(seconds=1) + 1).ended_at is None
