from __future__ import annotations

import pytest

from jobs.deploy import finish, loop, stages
from platform_admin.models import Deployment, Reservation, Resource, Rollout, Service
from platform_admin.verbs.deployments import cancel, deploy
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import change_resource
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import World

State = Deployment.State


def queued(world: World, value: str) -> Deployment:
    """A deployment of a release with another variable."""
    set_variables(world.dana, world.environment, None, {"VERSION": value})
    return deploy(world.dana, release(world.dana, world.environment))


def advance(deployment: Deployment) -> Deployment:
    stages.advance(Deployment.objects.get(pk=deployment.pk), "holder")
    deployment.refresh_from_db()
    return deployment


def test_it_takes_its_services_and_remembers_what_was_live(world: World, web: Service) -> None:
    deployment = advance(queued(world, "2"))
    rollout = Rollout.objects.get(service=web)
    assert deployment.state == State.EMPTYING
    assert (rollout.deployment, rollout.before, rollout.new) == (deployment, "blue", "green")


def test_it_takes_all_of_its_services_or_none(world: World, web: Service) -> None:
    first = advance(queued(world, "2"))
    Deployment.objects.filter(pk=first.pk).update(state=State.ROLLING)
    worker = world.worker()
    second = advance(queued(world, "3"))
    assert second.state == State.QUEUED
    assert Rollout.objects.get(service=worker).deployment is None
    assert "deployment 1" in second.waits_for


def test_one_that_has_written_nothing_yet_makes_way_for_a_newer_one(
    world: World, web: Service
) -> None:
    first = advance(queued(world, "2"))
    advance(queued(world, "3"))
    first.refresh_from_db()
    assert first.cancel_requested
    assert advance(first).state == State.UNDOING
    assert first.reason == "Deployment 2 took its place."


def test_an_older_one_that_is_queued_goes_first(world: World, web: Service) -> None:
    first, second = queued(world, "2"), queued(world, "3")
    assert advance(second).state == State.QUEUED
    assert advance(first).state == State.EMPTYING


def test_cancelled_while_it_waits_it_ends_at_once(world: World, web: Service) -> None:
    deployment = queued(world, "2")
    cancel(world.dana, deployment)
    assert advance(deployment).state == State.CANCELLED
    assert Rollout.objects.get(service=web).deployment is None


def test_two_workers_never_work_on_the_same_one(
    world: World, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = queued(world, "2")
    seen: list[int] = []

    def advance_and_be_enqueued_again(row: Deployment, holder: str) -> bool:
        seen.append(row.pk)
        loop.step(row.pk)
        return False

    monkeypatch.setattr(stages, "advance", advance_and_be_enqueued_again)
    loop.step(deployment.pk)
    assert seen == [deployment.pk]


def reserving(world: World, release_mb: int, draft_mb: int) -> Deployment:
    """A deployment about to reserve, of a release whose redis is of another size than today's."""
    redis = change_resource(world.dana, world.redis(), cpu_mhz=100, memory_mb=release_mb)
    deployment = deploy(world.dana, release(world.dana, world.environment))
    change_resource(world.dana, redis, cpu_mhz=100, memory_mb=draft_mb)
    Deployment.objects.filter(pk=deployment.pk).update(state=State.RESERVING)
    return deployment


def test_it_reserves_a_resource_as_large_as_its_release_says(world: World, web: Service) -> None:
    assert advance(reserving(world, 300, 64)).state == State.PROVISIONING
    assert Reservation.objects.get(resource__name="cache").memory_mb == 300


def test_a_release_whose_resource_never_fits_beside_the_others_fails(
    world: World, web: Service
) -> None:
    deployment = reserving(world, 1500, 64)
    world.service("api", minimum=3, memory_mb=200)
    assert advance(deployment).state == State.UNDOING
    assert "MB of memory" in deployment.reason
    assert Reservation.objects.get(resource__name="cache").memory_mb == 64


def test_at_its_end_a_resource_keeps_what_it_runs_with(world: World, web: Service) -> None:
    deployment = advance(reserving(world, 300, 64))
    Resource.objects.update(placed_cpu_mhz=100, placed_memory_mb=128)
    finish.end(deployment, State.FAILED)
    assert Reservation.objects.get(resource__name="cache").memory_mb == 128
