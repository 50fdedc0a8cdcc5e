"""One-off commands, from the click to the last trace."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from jobs.deploy.values import values
from jobs.errors import Refused, Unavailable
from jobs.runs import follow, log, loop, once
from platform_admin.models import Reservation, Run, Service
from platform_admin.rules.sealed import SealError
from platform_admin.verbs.deletions import delete
from platform_admin.verbs.runs import START_TAKES, cancel_run, run_once
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World


@pytest.fixture
def run(world: World, worker: Service, cluster: Inside) -> Run:
    """A command that was asked for."""
    cluster.exit_code = None
    return run_once(world.dev, worker, "python3 manage.py 'check all'", 600)


def step(cluster: Inside, run: Run) -> Run:
    cluster.follow()
    loop.step(run.pk)
    run.refresh_from_db()
    return run


def begun(cluster: Inside, run: Run) -> Run:
    """The run, under way."""
    step(cluster, run)
    return step(cluster, run)


def end(cluster: Inside, run: Run, code: int) -> Run:
    cluster.exit_code = code
    return step(cluster, run)


def test_it_runs_with_what_is_live_and_leaves_nothing(
    worker: Service, cluster: Inside, run: Run
) -> None:
    job = f"shop-production-worker--run-{run.pk}"
    assert begun(cluster, run).state == "running"
    task = cluster.job(job)["TaskGroups"][0]["Tasks"][0]
    assert task["Config"]["command"] == "python3"
    assert task["Config"]["args"] == ["manage.py", "check all"]
    assert cluster.variables()[f"nomad/jobs/{job}"] == {"VERSION": "1"}
    assert Reservation.objects.get(run=run).instances == 1
    (allocation,) = cluster.allocations(job)
    cluster.says(allocation, "all is well")
    end(cluster, run, 0)
    assert (run.state, run.exit_code, run.log) == ("succeeded", 0, "all is well\n")
    assert run.tidied_at is not None
    assert job not in cluster.jobs()
    assert f"nomad/jobs/{job}" not in cluster.variables()
    assert not Reservation.objects.filter(run=run).exists()


def test_what_it_writes_is_shown_while_it_runs(cluster: Inside, run: Run) -> None:
    begun(cluster, run)
    (allocation,) = cluster.allocations(run.job)
    cluster.says(allocation, "half")
    assert step(cluster, run).log == "half\n"


def test_one_that_fails_says_its_exit_code(cluster: Inside, run: Run) -> None:
    begun(cluster, run)
    end(cluster, run, 3)
    assert (run.state, run.exit_code, run.reason) == ("failed", 3, "It ended with exit code 3.")


def test_it_is_started_once_however_often_it_is_looked_at(cluster: Inside, run: Run) -> None:
    loop.step(run.pk)
    Run.objects.filter(pk=run.pk).update(state="asked")
    loop.step(run.pk)
    cluster.follow()
    assert len(cluster.allocations(f"shop-production-worker--run-{run.pk}")) == 1


def test_a_cancelled_one_is_stopped_and_says_by_whom(
    world: World, cluster: Inside, run: Run
) -> None:
    begun(cluster, run)
    cancel_run(world.dev, run)
    step(cluster, run)
    assert run.state == "running"
    step(cluster, run)
    assert (run.state, run.reason) == ("cancelled", "Cancelled by dev.")
    assert run.job not in cluster.jobs()


def test_one_that_is_cancelled_before_it_starts_never_runs(
    world: World, cluster: Inside, run: Run
) -> None:
    cancel_run(world.dev, run)
    step(cluster, run)
    assert run.state == "cancelled"
    assert not [job for job in cluster.jobs() if "--run-" in job]
    assert not Reservation.objects.filter(run=run).exists()


def test_one_that_outlives_its_limit_is_ended_by_muster_where_nomad_does_not(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(cluster, run)
    step(cluster, run)
    (allocation,) = cluster.allocations(run.job)
    assert allocation["DesiredStatus"] == "run"
    monkeypatch.setattr(follow, "LATE", timedelta(0))
    Run.objects.filter(pk=run.pk).update(limit_s=1)
    step(cluster, run)
    assert allocation["DesiredStatus"] == "stop"


def test_one_without_a_place_says_why_and_gives_up(cluster: Inside, run: Run) -> None:
    loop.step(run.pk)
    for allocation in cluster.allocations(f"shop-production-worker--run-{run.pk}"):
        del cluster._nomad.state.allocations[allocation["ID"]]
    loop.step(run.pk)
    run.refresh_from_db()
    assert run.state == "waiting"
    Run.objects.filter(pk=run.pk).update(launch_at=F("launch_at") - loop.NEVER_STARTED)
    loop.step(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.reason.startswith("It found no place within 10 minutes.")


def test_a_nomad_that_is_away_leaves_it_as_it_was(cluster: Inside, run: Run) -> None:
    begun(cluster, run)
    cluster.nomad_door.away()
    step(cluster, run)
    assert run.state == "running"
    assert run.reason.startswith("Waiting:")


def test_a_job_that_is_gone_from_nomad_ends_it(cluster: Inside, run: Run) -> None:
    begun(cluster, run)
    cluster.nomad.stop("demo", run.job, purge=True)
    cluster.forget_ended()
    for key in list(cluster._nomad.state.allocations):
        del cluster._nomad.state.allocations[key]
    step(cluster, run)
    assert (run.state, run.tidied_at is not None) == ("failed", True)
    assert "gone from Nomad" in run.reason


def test_only_the_end_of_a_long_log_is_kept_and_what_is_cut_is_counted(
    cluster: Inside, run: Run
) -> None:
    begun(cluster, run)
    (allocation,) = cluster.allocations(run.job)
    cluster.says(allocation, "x" * 99_999)
    end(cluster, run, 0)
    assert len(run.log.encode()) == log.KEPT_BYTES
    assert run.log_cut == 100_000 - log.KEPT_BYTES


def test_old_runs_go(cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "KEPT", 1)
    begun(cluster, run)
    end(cluster, run, 0)
    Run.objects.create(
        service=run.service, kind="once", state="failed", command="x", limit_s=1,
        launch_at=run.launch_at - timedelta(days=1), tidied_at=run.launch_at,
    )  # fmt: skip
    loop.forget_old(run.service_id)
    assert list(Run.objects.filter(kind="once")) == [run]


def away(*_: object) -> dict[str, str]:
    raise Unavailable("shop-production-db does not pass in Consul yet", server="consul")


def test_one_that_is_cancelled_while_its_values_wait_never_runs(
    world: World, cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(once, "values", away)
        assert step(cluster, run).reason.startswith("Waiting: shop-production-db")
    cancel_run(world.dev, run)
    step(cluster, run)
    assert (run.state, run.reason) == ("cancelled", "Cancelled by dev.")
    assert not [job for job in cluster.jobs() if "--run-" in job]


def test_one_whose_values_never_come_gives_up(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "values", away)
    step(cluster, run)
    Run.objects.filter(pk=run.pk).update(launch_at=F("launch_at") - loop.NEVER_STARTED)
    step(cluster, run)
    assert run.state == "failed"
    assert run.reason.startswith("It could not be started within 10 minutes. Waiting: shop-")


@pytest.mark.full
@pytest.mark.parametrize(
    "error", [SealError("no key"), LookupError("no version"), Service.DoesNotExist("no service")]
)
def test_one_whose_values_can_not_be_had_fails(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def lost(*_: object) -> dict[str, str]:
        raise error

    monkeypatch.setattr(once, "values", lost)
    step(cluster, run)
    assert run.state == "failed"
    assert run.reason == f"It could not be started: one of its variables can not be had: {error}"


def test_a_slow_worker_does_not_start_it_a_second_time(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = f"shop-production-worker--run-{run.pk}"
    with overtaken(monkeypatch, lambda: end(cluster, begun(cluster, run), 0)):
        loop.step(run.pk)
    cluster.exit_code = None
    cluster.follow()
    run.refresh_from_db()
    assert (run.state, run.tidied_at is not None) == ("succeeded", True)
    assert job not in cluster.jobs()
    assert cluster.allocations(job) == []


@pytest.mark.full
def test_a_slow_worker_starts_nothing_of_a_service_that_goes(
    world: World, cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with overtaken(monkeypatch, lambda: delete(world.dana, run.service, "worker")):
        loop.step(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("cancelled", "Its service is being deleted.")
    assert f"shop-production-worker--run-{run.pk}" not in cluster.jobs()
    assert not [path for path in cluster.variables() if "--run-" in path]


def test_where_nomad_is_away_before_it_is_asked_it_starts_later(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(once, "write", away)
        step(cluster, run)
    assert (run.state, run.tried_at) == ("asked", None)
    assert begun(cluster, run).state == "running"


def test_one_of_which_nomad_knows_nothing_after_it_was_asked_fails(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "register", away)
    step(cluster, run)
    step(cluster, run)
    assert run.state == "asked"
    Run.objects.filter(pk=run.pk).update(tried_at=F("tried_at") - START_TAKES)
    step(cluster, run)
    assert (run.state, run.tidied_at is not None) == ("failed", True)
    assert not [path for path in cluster.variables() if "--run-" in path]


@pytest.mark.full
def test_one_whose_log_nomad_refuses_ends_as_it_ended(
    cluster: Inside, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> log.Log:
        raise Refused("the node has no path", server="nomad", status=500)

    begun(cluster, run)
    monkeypatch.setattr(log, "end_of", refuse)
    end(cluster, run, 0)
    assert (run.state, run.exit_code, run.tidied_at is not None) == ("succeeded", 0, True)
    assert run.reason == "Its log could not be read: the node has no path."


@contextlib.contextmanager
def overtaken(patch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> Iterator[None]:
    """What others do while the first to ask for the run's values waits for them."""
    asked: list[bool] = []

    def slow(*arguments: Any) -> dict[str, str]:
        if not asked:
            asked.append(True)
            meanwhile()
        return values(*arguments)

    patch.setattr(once, "values", slow)
    yield
    assert asked
