from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from platform_admin.models import AuditEvent, Quota, Reservation, ScalingEvent, Service
from platform_admin.rules.quota import Limits
from platform_admin.verbs.desired import end_override, end_overrides, override, set_desired
from platform_admin.verbs.errors import Invalid, NoRoom
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.teams import change_quota
from tests.platform_admin.verbs.world import World

SOON = datetime.now(UTC) + timedelta(hours=2)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What was put into queues, instead of putting it there."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *call: calls.append(call))
    return calls


def test_a_count_is_written_with_event_reservation_and_audit(
    world: World,
    sent: list[tuple[object, ...]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    service = world.service()
    with django_capture_on_commit_callbacks(execute=True):
        assert set_desired(world.dev, service, 3, reason="the sale")

    assert Service.objects.get().desired == service.desired == 3
    event = ScalingEvent.objects.get()
    assert (event.before, event.after, event.reason, event.origin) == (1, 3, "the sale", "person")
    assert event.actor == world.dev.user
    assert Reservation.objects.get().desired == 3
    audit = AuditEvent.objects.get(verb="set desired")
    assert audit.before == {"desired": 1}
    assert audit.after == {"desired": 3, "reason": "the sale", "origin": "person"}
    assert sent == [("deploy", "jobs.deploy.apply.run", (service.pk,))]


def test_the_same_count_again_changes_nothing(world: World) -> None:
    service = world.service()

    assert set_desired(world.dana, service, 1)
    assert not ScalingEvent.objects.exists()
    assert Service.objects.get().desired_version == 0


def test_who_read_an_older_row_decides_again(world: World) -> None:
    service = world.service()
    stale = Service.objects.get()
    assert set_desired(world.dana, service, 3)

    assert set_desired(world.dev, stale, 2) is False
    assert Service.objects.get().desired == 3
    assert ScalingEvent.objects.count() == 1


def test_one_who_has_just_written_may_write_again(world: World) -> None:
    service = world.service()

    assert set_desired(world.dana, service, 3)
    assert set_desired(world.dana, service, 2)


@pytest.mark.parametrize("count", [-1, 1, 6])
def test_a_count_outside_of_the_bounds_is_refused(world: World, count: int) -> None:
    service = world.service(minimum=2, maximum=5)
    with pytest.raises(Invalid) as caught:
        set_desired(world.dana, service, count)

    assert (
        "use 2 to 5, or change the bounds on its Scaling page"
        in (caught.value.errors["desired"][0])
    )


def test_a_count_beyond_the_quota_is_refused_and_nothing_is_written(world: World) -> None:
    world.service("api", minimum=7, maximum=7)
    web = world.service()
    with pytest.raises(NoRoom) as caught:
        set_desired(world.dana, web, 4)

    assert "the team's quota is 10: 1 too many" in caught.value.errors["desired"][0]
    assert Service.objects.get(name="web").desired == 1
    assert not ScalingEvent.objects.exists()


def test_anothers_hand_is_taken_in_with_an_end(world: World) -> None:
    service = world.service()

    assert override(service, 3, SOON, "changed in Nomad") == 3
    service.refresh_from_db()
    assert (service.desired, service.override_until) == (3, SOON)
    assert service.override_reason == "changed in Nomad"
    event = ScalingEvent.objects.get()
    assert (event.origin, event.actor) == ("outside", None)
    assert AuditEvent.objects.get(verb="set desired").actor_name == "muster"


@pytest.mark.parametrize(("count", "taken"), [(99, 5), (0, 2), (5, 5), (2, 2)])
def test_anothers_hand_is_kept_inside_the_bounds(world: World, count: int, taken: int) -> None:
    service = world.service(minimum=2, maximum=5)

    assert override(service, count, SOON, "x") == taken
    assert Service.objects.get().desired == taken


@pytest.mark.parametrize(("others", "taken"), [(5, 5), (6, 4), (8, 2), (9, 1)])
def test_anothers_hand_is_kept_inside_the_quota(world: World, others: int, taken: int) -> None:
    world.service("api", minimum=others, maximum=others)
    service = world.service()

    assert override(service, 5, SOON, "x") == taken
    assert Service.objects.get(name="web").desired == taken


def test_anothers_hand_may_lower_a_count_under_a_quota_that_shrank(world: World) -> None:
    service = world.service(minimum=1, maximum=8)
    assert set_desired(world.dana, service, 8)
    change_quota(world.olga, world.team, Limits(instances=2, cpu_mhz=2000, memory_mb=2048))

    assert override(service, 5, SOON, "x") == 5


def test_a_person_ends_an_override(world: World) -> None:
    service = world.service()
    override(service, 3, SOON, "x")
    service.refresh_from_db()

    assert set_desired(world.dana, service, 3)
    assert Service.objects.get().override_until is None


def test_an_override_that_has_run_out_gives_the_count_back(world: World) -> None:
    service = world.service()
    override(service, 3, SOON, "x")
    end_overrides()
    assert Service.objects.get().desired == 3

    Service.objects.update(override_until=datetime.now(UTC) - timedelta(seconds=1))
    end_overrides()
    assert Service.objects.get().desired == 1
    assert Service.objects.get().override_until is None


def test_a_person_sets_a_count_until_a_moment(world: World) -> None:
    service = world.service()

    assert set_desired(world.dev, service, 3, reason="the sale", until=SOON)
    service.refresh_from_db()
    assert (service.desired, service.override_until, service.override_from) == (3, SOON, 1)
    assert service.override_reason == "the sale"


def test_an_override_ends_before_its_time_where_a_person_says_so(world: World) -> None:
    service = world.service()
    set_desired(world.dev, service, 3, until=SOON)
    end_override(world.dev, service)

    service.refresh_from_db()
    assert (service.desired, service.override_until, service.override_from) == (1, None, None)
    assert ScalingEvent.objects.latest("pk").origin == "person"
    end_override(world.dev, service)
    assert ScalingEvent.objects.count() == 2


@pytest.mark.parametrize("after", [timedelta(seconds=-1), timedelta(days=31)])
def test_an_override_that_is_over_or_has_no_end_in_sight_is_refused(
    world: World, after: timedelta
) -> None:
    with pytest.raises(Invalid) as caught:
        set_desired(world.dev, world.service(), 3, until=datetime.now(UTC) + after)

    assert set(caught.value.errors) == {"until"}
    assert not ScalingEvent.objects.exists()


def test_an_override_whose_way_back_does_not_fit_any_more_stays_where_it_is(world: World) -> None:
    service = world.service(minimum=1, maximum=5)
    assert set_desired(world.dana, service, 4)
    assert override(service, 1, SOON, "x") == 1
    Quota.objects.update(instances=2, surge_percent=0)
    Service.objects.update(override_until=datetime.now(UTC) - timedelta(seconds=1))
    Reservation.objects.update(instances=1)
    end_overrides()
    found = Service.objects.get()
    assert (found.desired, found.override_until) == (1, None)


def test_a_singleton_runs_once_or_is_suspended(
    world: World, sent: list[tuple[object, ...]]
) -> None:
    service = world.service("leader", kind="singleton", port=None, health_path="", maximum=1)
    with pytest.raises(Invalid, match="never runs 2 times"):
        set_desired(world.dev, service, 2)
    assert set_desired(world.dev, service, 0)
    change_service(world.dana, service, replace(fields_of(service), cpu_mhz=150))
    assert Service.objects.get().desired == 0
    assert override(service, 3, SOON, "by hand") == 1
