from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from platform_admin.models import AuditEvent, Reservation, ScalingEvent, Service
from platform_admin.rules.quota import Limits
from platform_admin.verbs.desired import end_overrides, override, set_desired
from platform_admin.verbs.errors import Denied, Invalid, NoRoom, Unknown
from platform_admin.verbs.scaling import scale
from platform_admin.verbs.services import change_bounds
from platform_admin.verbs.suspending import resume, resume_all, suspend, suspend_all
from platform_admin.verbs.teams import change_quota
from tests.platform_admin.verbs.decisions import decision
from tests.platform_admin.verbs.world import World

LATER = timedelta(minutes=9)


def now(service: Service) -> Service:
    return Service.objects.get(pk=service.pk)


def three(world: World, minimum: int = 1) -> Service:
    """A service of which three are wanted."""
    service = world.service(minimum=minimum, maximum=5)
    assert set_desired(world.dana, service, 3)
    return service


def test_what_is_suspended_wants_nothing_and_gives_its_quota_back(world: World) -> None:
    service = three(world)

    suspend(world.dev, service)

    row = now(service)
    assert (row.desired, row.override_from, row.suspended_at is not None) == (0, 3, True)
    assert Reservation.objects.get().desired == 0
    event = ScalingEvent.objects.order_by("-at").first()
    assert event is not None
    assert (event.before, event.after, event.reason) == (3, 0, "suspended")
    assert AuditEvent.objects.get(verb="suspend").actor == world.dev.user


def test_resumed_it_is_where_it_was(world: World) -> None:
    service = three(world)
    suspend(world.dev, service)

    resume(world.dev, service)

    row = now(service)
    assert (row.desired, row.override_from, row.suspended_at) == (3, None, None)
    assert AuditEvent.objects.filter(verb="resume").exists()


def test_a_second_click_changes_nothing(world: World) -> None:
    service = three(world)
    suspend(world.dana, service)
    first = now(service)
    suspend(world.dana, service)
    assert now(service).desired_version == first.desired_version
    assert now(service).override_from == 3

    resume(world.dana, service)
    back = now(service)
    resume(world.dana, service)
    assert now(service).desired_version == back.desired_version


def test_of_a_count_by_hand_that_was_to_end_the_count_before_it_comes_back(world: World) -> None:
    service = three(world)
    assert set_desired(world.dana, service, 5, until=datetime.now(UTC) + LATER)
    suspend(world.dana, service)
    resume(world.dana, service)

    assert (now(service).desired, now(service).override_until) == (3, None)


def test_a_person_is_told_to_resume_it_first(world: World) -> None:
    service = three(world)
    suspend(world.dana, service)
    with pytest.raises(Invalid, match="resume it first") as caught:
        set_desired(world.dana, now(service), 2)
    assert list(caught.value.errors) == ["desired"]


def test_neither_a_hand_nor_the_scaler_nor_the_end_of_an_override_wakes_it(world: World) -> None:
    service = three(world, minimum=1)
    suspend(world.dana, service)
    asleep = now(service)

    assert override(asleep, 4, datetime.now(UTC) + LATER, "a hand") == 0
    written = scale({world.team.pk: [decision(asleep, 2)]}, datetime.now(UTC))
    end_overrides()

    assert not written.applied
    assert (now(service).desired, now(service).suspended_at) == (0, asleep.suspended_at)


def test_a_higher_minimum_waits_for_it_to_be_resumed(world: World) -> None:
    service = three(world)
    suspend(world.dana, service)

    change_bounds(world.dana, service, 4, 5)
    assert now(service).desired == 0
    resume(world.dana, service)
    assert now(service).desired == 4


def test_the_database_knows_no_suspended_service_that_runs(world: World) -> None:
    service = three(world)
    suspend(world.dana, service)
    with pytest.raises(IntegrityError):
        Service.objects.filter(pk=service.pk).update(desired=1)


def test_it_comes_back_with_as_many_as_there_is_room_for(world: World) -> None:
    service = three(world)
    suspend(world.dana, service)
    change_quota(world.olga, world.team, Limits(2, 9000, 9000, 0))

    resume(world.dana, service)

    assert now(service).desired == 2


def test_without_room_for_its_minimum_it_stays_suspended(world: World) -> None:
    service = three(world, minimum=2)
    suspend(world.dana, service)
    change_quota(world.olga, world.team, Limits(1, 9000, 9000, 0))

    with pytest.raises(NoRoom):
        resume(world.dana, service)
    assert now(service).suspended_at is not None


def test_an_environment_is_suspended_and_resumed_with_all_its_services(world: World) -> None:
    services = [world.service("web"), world.worker()]

    assert {row.name for row in suspend_all(world.dev, world.environment)} == {"web", "worker"}
    assert all(now(each).suspended_at for each in services)
    resume_all(world.dev, world.environment)
    assert [now(each).desired for each in services] == [1, 1]


def test_where_one_has_no_room_none_is_resumed(world: World) -> None:
    services = [world.service("api"), world.service("web")]
    suspend_all(world.dana, world.environment)
    change_quota(world.olga, world.team, Limits(1, 9000, 9000, 0))

    with pytest.raises(NoRoom):
        resume_all(world.dana, world.environment)
    assert all(now(each).suspended_at for each in services)


@pytest.mark.parametrize("verb", [suspend, resume])
def test_it_is_for_makers_of_the_team(world: World, verb: object) -> None:
    service = world.service()
    assert callable(verb)
    with pytest.raises(Denied):
        verb(world.vera, service)
    with pytest.raises(Unknown):
        verb(world.ella, service)
