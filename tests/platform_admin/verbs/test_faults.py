from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from platform_admin.models import App, AuditEvent, Fault, Instance, Rollout, Service
from platform_admin.rules.faults import FEWEST_HEALTHY, MOST_AN_HOUR, VERBS, Kind
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.faults import (
    begin_fault,
    may_break,
    recent_faults,
    refuse_fault,
    silent_services,
)
from platform_admin.verbs.releases import release
from tests.platform_admin.verbs.world import World

NOW = datetime(2026, 11, 30, 12, 3, 11, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    settings.MUSTER_FAULTS = True


@pytest.fixture
def web(world: World) -> Service:
    """The example's web, with two healthy instances of its live colour."""
    service = world.service("web")
    Rollout.objects.filter(service=service).update(live="blue")
    for number in range(FEWEST_HEALTHY):
        instance(world, service, number)
    return service


def instance(world: World, service: Service, number: int, **changes: object) -> Instance:
    values: dict[str, object] = {
        "allocation": f"alloc-{number}",
        "cell": world.cell,
        "environment": world.environment,
        "service": service,
        "job": f"{service.slug}-blue",
        "colour": "blue",
        "number": number,
        "node": "n",
        "desired_status": "run",
        "client_status": "running",
        "healthy": True,
        "started_at": NOW - timedelta(minutes=9 - number),
        "seen_at": NOW,
    }
    return Instance.objects.create(**(values | changes))


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_is_written_down_with_its_end_and_audited(
    world: World, web: Service, kind: Kind
) -> None:
    fault = begin_fault(world.dev, web, kind, NOW)

    assert (fault.kind, fault.at, fault.goes_on(NOW)) == (kind, NOW, True)
    assert not fault.goes_on(fault.until)
    event = AuditEvent.objects.get(verb=VERBS[kind])
    assert (event.actor_name, event.team, event.object_name) == ("dev", world.team, str(web))


def test_the_oldest_healthy_instance_of_the_live_colour_is_chosen(
    world: World, web: Service
) -> None:
    long_ago = NOW - timedelta(days=1)
    instance(world, web, 5, healthy=False, started_at=long_ago)
    instance(world, web, 6, draining=True, started_at=long_ago)
    instance(world, web, 7, colour="green", started_at=long_ago)

    fault = begin_fault(world.dana, web, Kind.KILL, NOW)

    assert (fault.allocation, fault.number, fault.job) == ("alloc-0", 0, f"{web.slug}-blue")


@pytest.mark.parametrize("kind", [Kind.STOP, Kind.KILL])
def test_the_only_healthy_instance_is_spared(world: World, web: Service, kind: Kind) -> None:
    Instance.objects.filter(number=1).update(healthy=False)

    with pytest.raises(Invalid, match="1 healthy instances; it takes 2"):
        begin_fault(world.dana, web, kind, NOW)
    assert not Fault.objects.exists()
    assert begin_fault(world.dana, web, Kind.SILENCE, NOW)


def test_one_goes_on_at_a_time_until_its_end(world: World, web: Service) -> None:
    first = begin_fault(world.dana, web, Kind.CUT, NOW)

    with pytest.raises(Invalid, match=r"12:03:11 UTC is not over yet.* in 19 s at the latest"):
        begin_fault(world.dev, web, Kind.SILENCE, NOW + SECOND)
    assert begin_fault(world.dev, web, Kind.SILENCE, first.until)


def test_one_that_ended_early_makes_room_after_what_failed_is_counted(
    world: World, web: Service
) -> None:
    begin_fault(world.dana, web, Kind.KILL, NOW)
    Fault.objects.update(ended_at=NOW + 3 * SECOND)

    with pytest.raises(Invalid, match="in 1 s"):
        begin_fault(world.dana, web, Kind.KILL, NOW + 4 * SECOND)
    assert begin_fault(world.dana, web, Kind.KILL, NOW + 5 * SECOND)


def test_one_that_could_not_be_done_makes_room_and_says_why(world: World, web: Service) -> None:
    first = begin_fault(world.dana, web, Kind.KILL, NOW)
    refuse_fault(first, "nomad is away", NOW)

    begin_fault(world.dana, web, Kind.KILL, NOW + SECOND)

    assert [each.refused for each in recent_faults(web, NOW + SECOND)] == ["", "nomad is away"]


def test_so_many_within_an_hour_are_enough(world: World, web: Service) -> None:
    for number in range(MOST_AN_HOUR):
        begin_fault(world.dana, web, Kind.CUT, NOW + number * 60 * SECOND)

    with pytest.raises(Invalid, match="as often as this may be broken"):
        begin_fault(world.dana, web, Kind.CUT, NOW + 59 * 60 * SECOND)
    assert begin_fault(world.dana, web, Kind.CUT, NOW + 61 * 60 * SECOND)


def test_what_is_a_week_old_is_forgotten_when_the_next_one_begins(
    world: World, web: Service
) -> None:
    old = begin_fault(world.dana, web, Kind.STOP, NOW - timedelta(days=8))
    kept = begin_fault(world.dana, web, Kind.STOP, NOW - timedelta(days=6))

    newest = begin_fault(world.dana, web, Kind.STOP, NOW)

    assert old.pk not in Fault.objects.values_list("pk", flat=True)
    assert set(Fault.objects.values_list("pk", flat=True)) == {kept.pk, newest.pk}


def test_a_deployment_that_moves_instances_is_left_alone(world: World, web: Service) -> None:
    made = release(world.dana, world.environment)
    deployment = world.environment.deployments.create(number=1, release=made)
    Rollout.objects.filter(service=web).update(deployment=deployment)

    with pytest.raises(Invalid, match="wait until it has ended"):
        begin_fault(world.dana, web, Kind.STOP, NOW)


def test_nothing_else_may_be_broken(world: World, web: Service, settings: Settings) -> None:
    api = world.service("api", kind="private")

    assert (may_break(web), may_break(api)) == (True, False)
    App.objects.update(slug="blog")
    assert not may_break(Service.objects.get(pk=web.pk))
    App.objects.update(slug="shop")
    settings.MUSTER_FAULTS = False
    for service in (web, api):
        with pytest.raises(Invalid, match="Only the web of the example"):
            begin_fault(world.olga, service, Kind.CUT, NOW)
    assert not Fault.objects.exists()


@pytest.mark.parametrize("kind", Kind)
def test_who_may_not_scale_may_not_break_it(world: World, web: Service, kind: Kind) -> None:
    with pytest.raises(Denied):
        begin_fault(world.vera, web, kind, NOW)
    with pytest.raises(Unknown):
        begin_fault(world.ella, web, kind, NOW)
    assert not Fault.objects.exists()


def test_all_services_of_the_app_are_silent_and_no_others_until_the_end(
    world: World, web: Service
) -> None:
    worker = world.worker()
    fault = begin_fault(world.dana, web, Kind.SILENCE, NOW)

    assert sorted(silent_services(world.cell.pk, NOW)) == sorted([web.pk, worker.pk])
    assert silent_services(world.cell.pk + 1, NOW) == []
    assert silent_services(world.cell.pk, fault.until) == []


def test_a_cut_silences_nothing(world: World, web: Service) -> None:
    begin_fault(world.dana, web, Kind.CUT, NOW)

    assert silent_services(world.cell.pk, NOW) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_is_refused(web: Service, world: World) -> None:
    both, said = threading.Barrier(2), []

    def press() -> None:
        both.wait()
        try:
            begin_fault(world.dana, web, Kind.SILENCE, NOW)
            said.append("begun")
        except Invalid:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(said) == ["begun", "refused"]
    assert Fault.objects.count() == 1
