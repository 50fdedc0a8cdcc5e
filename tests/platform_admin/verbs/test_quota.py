from __future__ import annotations

from fractions import Fraction

import pytest

from platform_admin.models import Colour, Reservation, Rollout, Service
from platform_admin.rules.quota import Limits, Use
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import NoRoom
from platform_admin.verbs.quota import fits, locked, reserve, used
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import change_service
from platform_admin.verbs.teams import change_quota
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World


def live(world: World, name: str = "web", **changes: object) -> Service:
    service = world.service(name, **changes)
    make_live(service, release(world.dana, world.environment))
    return service


def reserved(world: World, service: Service) -> tuple[int, int]:
    row = reserve(locked(world.team), service)
    return row.desired, row.instances


def test_what_still_runs_stays_reserved_until_it_is_acknowledged(world: World) -> None:
    service = live(world, minimum=3)
    Service.objects.filter(pk=service.pk).update(desired=1)
    assert reserved(world, service) == (1, 3)

    Colour.objects.filter(service=service, colour="blue").update(at_most=1)
    assert reserved(world, service) == (1, 1)


def test_a_deployments_hold_counts_at_the_larger_of_both_sizes(world: World) -> None:
    service = live(world, minimum=2)
    change_service(world.dana, service, world.fields(minimum=2, memory_mb=256))
    deployment = deploy(world.dana, release(world.dana, world.environment))
    Rollout.objects.filter(service=service).update(deployment=deployment, hold=1)
    row = reserve(locked(world.team), service)

    assert (row.desired, row.instances, row.memory_mb) == (2, 3, 256)


def test_what_still_runs_of_the_idle_colour_is_reserved_at_its_size(world: World) -> None:
    service = live(world, memory_mb=512)
    change_service(world.dana, service, world.fields(memory_mb=128))
    make_live(service, release(world.dana, world.environment), "green")
    Colour.objects.filter(service=service, colour="blue").update(at_most=1)
    assert reserve(locked(world.team), service).memory_mb == 512

    Colour.objects.filter(service=service, colour="blue").update(at_most=0)
    assert reserve(locked(world.team), service).memory_mb == 128


def test_both_sides_of_a_moving_rollout_are_reserved(world: World) -> None:
    service = live(world, minimum=2, maximum=2)
    Rollout.objects.filter(service=service).update(new="green", next=Fraction(1, 2), hold=1)

    assert reserved(world, service) == (2, 3)


def test_surge_is_for_what_rolls_and_not_for_what_is_desired(world: World) -> None:
    service = live(world, minimum=5, maximum=10)
    live(world, "api", minimum=5)
    Rollout.objects.filter(service=service).update(hold=2)
    assert reserved(world, service) == (5, 7)

    Rollout.objects.filter(service=service).update(hold=3)
    with pytest.raises(NoRoom, match="quota and surge give 12: 1 too many"):
        reserve(locked(world.team), service)


def test_the_surge_has_room_for_one_of_every_service(world: World) -> None:
    services = [live(world, name, minimum=2) for name in ("a", "b", "c", "d", "e")]
    Rollout.objects.all().update(hold=1)

    for service in services:
        reserve(locked(world.team), service)
    assert used(world.team) == (Use(10, 1000, 1280), Use(15, 1500, 1920))


def test_what_was_found_to_run_is_written_down_and_not_refused(world: World) -> None:
    service = live(world)
    Colour.objects.filter(service=service, colour="blue").update(at_most=99)
    with pytest.raises(NoRoom):
        reserve(locked(world.team), service)

    assert reserve(locked(world.team), service, found=True).instances == 99


def test_a_smaller_quota_takes_nothing_back_and_gives_nothing_more(world: World) -> None:
    service = live(world, minimum=5, maximum=8)
    change_quota(world.olga, world.team, Limits(instances=3, cpu_mhz=2000, memory_mb=2048))
    assert reserved(world, service) == (5, 5)

    assert fits(locked(world.team), service, 4)
    assert not fits(locked(world.team), service, 6)


def test_asking_whether_it_fits_writes_nothing(world: World) -> None:
    service = live(world)
    fits(locked(world.team), service, 9)

    assert Reservation.objects.get().desired == 1
    assert Service.objects.get().desired == 1


def test_another_teams_use_is_its_own(world: World) -> None:
    live(world, minimum=5)

    assert used(world.others) == (Use(), Use())
