"""Runs of crons: seen, skipped, and by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.observe.loop import observe
from jobs.runs import clock, loop
from platform_admin.models import Cell, Launches, Run, Service
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.runs import run_now
from tests.jobs.inside import NAMESPACE, Inside
from tests.jobs.runs.conftest import BEGAN
from tests.platform_admin.verbs.world import World

JOB = "shop-production-report"
ELEVEN = datetime(2026, 5, 4, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def running_on(cluster: Inside) -> None:
    """What starts does not end by itself."""
    assert cluster


def look(cluster: Inside) -> None:
    cluster.follow()
    observe(Cell.objects.get())


def launched(cluster: Inside, at: datetime) -> str:
    return cluster.launch(JOB, int(at.timestamp()))


def step(cluster: Inside, run: Run) -> Run:
    cluster.follow()
    loop.step(run.pk)
    run.refresh_from_db()
    return run


def check(cron: Service, until: datetime) -> list[Run]:
    """The runs that are known when launches were looked for up to this moment."""
    fresh = Service.objects.select_related("environment__app__team", "rollout", "launches")
    clock._check(fresh.get(pk=cron.pk), until)
    return list(cron.runs.order_by("launch_at"))


def test_a_run_that_the_clock_started_gets_its_row_and_its_end(
    cluster: Inside, cron: Service
) -> None:
    cluster.exit_code = None
    job = launched(cluster, ELEVEN)
    look(cluster)
    run = cron.runs.get()
    assert (run.kind, run.job, run.launch_at) == ("clock", job, ELEVEN)
    assert run.release is not None
    assert step(cluster, run).state == "running"
    cluster.exit_code = 0
    step(cluster, run)
    assert (run.state, run.exit_code) == ("succeeded", 0)
    look(cluster)
    assert cron.runs.count() == 1


def test_a_run_at_no_time_of_its_schedule_is_somebodys_in_nomad(
    cluster: Inside, cron: Service
) -> None:
    launched(cluster, ELEVEN + timedelta(minutes=7))
    look(cluster)
    assert cron.runs.get().kind == "hand"


def test_a_launch_beside_a_run_under_way_is_written_down_as_skipped(
    cluster: Inside, cron: Service
) -> None:
    cluster.exit_code = None
    launched(cluster, ELEVEN)
    look(cluster)
    launched(cluster, ELEVEN + timedelta(hours=1))
    assert len([job for job in cluster.jobs() if "/periodic-" in job]) == 1
    first, second = check(cron, ELEVEN + timedelta(minutes=61))
    assert first.state == "waiting"
    assert (second.state, second.launch_at) == ("skipped", ELEVEN + timedelta(hours=1))
    assert second.reason == "The run of 11:00 (UTC) was still under way: runs never overlap."


def test_a_launch_of_which_nomad_knows_nothing_is_written_down(
    cluster: Inside, cron: Service
) -> None:
    (run,) = check(cron, ELEVEN + timedelta(minutes=1))
    assert (run.state, run.reason) == ("skipped", "Nomad did not start it.")
    assert Launches.objects.get(service=cron).checked_until == ELEVEN + timedelta(minutes=1)
    assert check(cron, ELEVEN + timedelta(minutes=2)) == [run]


def test_a_launch_that_waits_for_a_place_is_no_skipped_one(cluster: Inside, cron: Service) -> None:
    job = launched(cluster, ELEVEN)
    cluster._nomad.state.allocations.clear()
    (run,) = check(cron, ELEVEN + timedelta(minutes=1))
    assert (run.state, run.job) == ("waiting", job)


def test_launches_of_long_ago_are_left_alone(cluster: Inside, cron: Service) -> None:
    runs = check(cron, BEGAN + timedelta(days=2))
    assert len(runs) == 3


def test_a_nomad_that_is_away_is_asked_again(cluster: Inside, cron: Service) -> None:
    cluster.nomad_door.away()
    clock.look()
    assert Launches.objects.get(service=cron).checked_until == BEGAN
    assert not cron.runs.exists()


def test_a_run_by_hand_starts_once_and_is_followed(
    world: World, cluster: Inside, cron: Service
) -> None:
    cluster.exit_code = None
    run = run_now(world.dev, cron)
    loop.step(run.pk)
    loop.step(run.pk)
    look(cluster)
    run.refresh_from_db()
    assert cron.runs.get() == run
    assert run.job in cluster.jobs()
    assert len(cluster.allocations()) == 1
    assert step(cluster, run).state == "running"


def test_a_second_run_by_hand_is_refused_while_one_is_under_way(
    world: World, cluster: Inside, cron: Service
) -> None:
    run_now(world.dev, cron)
    with pytest.raises(Invalid, match="A run of report is under way"):
        run_now(world.dev, cron)


def test_one_that_the_clock_started_meanwhile_keeps_it_from_starting(
    world: World, cluster: Inside, cron: Service
) -> None:
    cluster.exit_code = None
    run = run_now(world.dev, cron)
    launched(cluster, ELEVEN)
    look(cluster)
    loop.step(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("skipped", "Another run of it was under way.")
    assert len(cluster.allocations()) == 1


def test_a_lost_answer_starts_nothing_twice(world: World, cluster: Inside, cron: Service) -> None:
    cluster.exit_code = None
    run = run_now(world.dev, cron)
    Run.objects.filter(pk=run.pk).update(tried_at=datetime.now(UTC))
    job = cluster.nomad.force(NAMESPACE, JOB)
    loop.step(run.pk)
    look(cluster)
    run.refresh_from_db()
    assert run.job == job
    assert cron.runs.count() == 1
    assert len(cluster.allocations()) == 1


def test_where_nothing_came_of_it_that_is_said(
    world: World, cluster: Inside, cron: Service
) -> None:
    run = run_now(world.dev, cron)
    long_ago = datetime.now(UTC) - clock.ANSWERED - timedelta(seconds=1)
    Run.objects.filter(pk=run.pk).update(tried_at=long_ago)
    loop.step(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.reason.startswith("Nomad did not answer: whether it ran is not known.")


def test_another_job_with_such_a_name_is_not_ours(cluster: Inside, cron: Service) -> None:
    stranger = {**cluster.job(JOB), "ID": "stranger", "Name": "stranger"}
    cluster.nomad.register(stranger)
    cluster.nomad.force(NAMESPACE, "stranger")
    look(cluster)
    assert not Run.objects.exists()
