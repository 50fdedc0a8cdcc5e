"""A cron on its way through deployments: one job, registered when all else is verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jobs.deploy import apply, drift, rows, stages
from jobs.deploy.counts import MISSING, STOPPED
from jobs.deploy.failing import fail
from platform_admin.models import (
    Colour,
    Deployment,
    Launches,
    Reservation,
    Rollout,
    Run,
    Service,
    Variable,
)
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.variables import set_variables
from tests.jobs.deploy.driven.drive import drive, queued
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World

JOB = "shop-production-report"
PATH = f"nomad/jobs/{JOB}"


@pytest.fixture
def cron(world: World, cluster: Inside) -> Service:
    """A cron in the draft."""
    assert cluster
    return world.service(
        "report", kind="cron", port=None, schedule="0 0 1 1 *", time_zone="Europe/Berlin", maximum=1
    )


@pytest.fixture
def live(world: World, cluster: Inside, cron: Service) -> Service:
    """The same, live on blue."""
    assert drive(cluster, queued(world)).state == Deployment.State.SUCCEEDED
    cron.refresh_from_db()
    return cron


def clock(cluster: Inside) -> tuple[bool, list[str]]:
    """Whether the job's clock is on, and its expressions."""
    found = cluster.job(JOB)["Periodic"]
    return found["Enabled"], found["Specs"]


def rescheduled(world: World, cron: Service, schedule: str) -> Deployment:
    """A deployment of another schedule."""
    change_service(world.dana, cron, replace(fields_of(cron), schedule=schedule))
    return deploy(world.dana, release(world.dana, world.environment))


def beside_a_sick_one(world: World, cluster: Inside, cron: Service, schedule: str) -> Deployment:
    """The same with a web service that does not get healthy: the cron is ready, and waits."""
    world.service("web")
    cluster.sick.add("shop-production-web-blue")
    return drive(cluster, rescheduled(world, cron, schedule), until="ready")


def shift(cluster: Inside, cron: Service, deployment: Deployment) -> None:
    """The cron's turn has come."""
    assert stages.enter(Rollout.objects.get(service=cron), "shift")
    drive(cluster, deployment, until="steady")


def test_a_cron_becomes_live_by_being_registered(
    world: World, cluster: Inside, cron: Service
) -> None:
    assert drive(cluster, queued(world)).state == Deployment.State.SUCCEEDED
    assert clock(cluster) == (True, ["0 0 1 1 *"])
    assert cluster.job(JOB)["Periodic"]["ProhibitOverlap"] is True
    assert cluster.variables() == {PATH: {"VERSION__blue": "1"}}
    assert cluster.allocations() == []
    rows = dict(Colour.objects.filter(service=cron).values_list("colour", "acknowledged"))
    assert rows == {"blue": 1, "green": 0}
    reserved = Reservation.objects.get(service=cron)
    assert (reserved.desired, reserved.instances) == (1, 1)
    assert Launches.objects.filter(service=cron).exists()


def test_the_values_of_both_releases_stand_side_by_side(
    world: World, cluster: Inside, live: Service
) -> None:
    drive(cluster, queued(world, "2"))
    assert cluster.variables() == {PATH: {"VERSION__blue": "1", "VERSION__green": "2"}}
    template = cluster.job(JOB)["TaskGroups"][0]["Tasks"][0]["Templates"][0]["EmbeddedTmpl"]
    assert "VERSION={{ .VERSION__green.Value | toJSON }}" in template
    drive(cluster, queued(world, "3"))
    assert cluster.variables() == {PATH: {"VERSION__blue": "3", "VERSION__green": "2"}}


def test_a_run_under_way_goes_on_while_a_release_goes_live(
    world: World, cluster: Inside, live: Service
) -> None:
    cluster.exit_code = None
    child = cluster.nomad.force(NAMESPACE, JOB)
    cluster.follow()
    (before,) = cluster.allocations(child)
    assert drive(cluster, queued(world, "2")).state == Deployment.State.SUCCEEDED
    assert [each["ID"] for each in cluster.allocations()] == [before["ID"]]
    assert before["DesiredStatus"] == "run"


@pytest.mark.full
def test_what_has_not_started_yet_is_waited_for_before_its_values_go(
    world: World, cluster: Inside, live: Service
) -> None:
    drive(cluster, queued(world, "2"))
    old = Colour.objects.get(service=live, colour="blue").release
    waiting = Run.objects.create(
        service=live, kind="hand", state="waiting", command="x", release=old, limit_s=9,
        launch_at=datetime.now(UTC), job="j",
    )  # fmt: skip
    deployment = queued(world, "3")
    for _ in range(5):
        drive(cluster, deployment, until="empty")
    assert "VERSION__blue" in cluster.variables()[PATH]
    assert cluster.variables()[PATH]["VERSION__blue"] == "1"
    Run.objects.filter(pk=waiting.pk).update(state="running")
    assert drive(cluster, deployment).state == Deployment.State.SUCCEEDED


@pytest.mark.full
def test_a_failure_after_going_live_registers_the_old_job_again(
    world: World, cluster: Inside, live: Service
) -> None:
    deployment = beside_a_sick_one(world, cluster, live, "0 5 1 1 *")
    assert clock(cluster) == (True, ["0 0 1 1 *"])
    shift(cluster, live, deployment)
    assert clock(cluster) == (True, ["0 5 1 1 *"])
    assert fail(deployment, "another service did not get healthy")
    assert drive(cluster, deployment).state == Deployment.State.FAILED
    assert clock(cluster) == (True, ["0 0 1 1 *"])
    live.rollout.refresh_from_db()
    assert (live.rollout.live, live.rollout.state) == ("blue", "rest")
    assert apply.settled(rows.read(live.pk))


def test_a_failure_before_it_leaves_the_job_untouched(
    world: World, cluster: Inside, live: Service
) -> None:
    before = cluster.job(JOB)["Version"]
    deployment = beside_a_sick_one(world, cluster, live, "0 5 1 1 *")
    assert fail(deployment, "another service did not get healthy")
    drive(cluster, deployment)
    assert cluster.job(JOB)["Version"] == before


@pytest.mark.full
def test_one_that_was_never_live_is_taken_out_again(
    world: World, cluster: Inside, cron: Service
) -> None:
    deployment = beside_a_sick_one(world, cluster, cron, "0 5 1 1 *")
    assert JOB not in cluster.jobs()
    shift(cluster, cron, deployment)
    assert JOB in cluster.jobs()
    assert fail(deployment, "another service did not get healthy")
    drive(cluster, deployment)
    assert JOB not in cluster.jobs()
    cron.rollout.refresh_from_db()
    assert cron.rollout.live is None


@pytest.mark.parametrize("desired", [0, 1])
def test_its_clock_follows_its_count(cluster: Inside, live: Service, desired: int) -> None:
    for wanted in (1 - desired, desired):
        Service.objects.filter(pk=live.pk).update(desired=wanted)
        apply.run(live.pk)
    assert clock(cluster)[0] is bool(desired)
    assert Colour.objects.get(service=live, colour="blue").acknowledged == desired
    version = cluster.job(JOB)["Version"]
    apply.run(live.pk)
    assert cluster.job(JOB)["Version"] == version


def test_a_new_release_of_a_suspended_one_does_not_start_its_clock(
    world: World, cluster: Inside, live: Service
) -> None:
    Service.objects.filter(pk=live.pk).update(desired=0)
    apply.run(live.pk)
    drive(cluster, queued(world, "2"))
    assert clock(cluster) == (False, ["0 0 1 1 *"])


@pytest.mark.full
@pytest.mark.parametrize(("purge", "said"), [(True, MISSING), (False, STOPPED)])
def test_a_job_that_is_gone_is_shown_and_comes_back_by_a_deployment(
    world: World, cluster: Inside, live: Service, purge: bool, said: str
) -> None:
    cluster.nomad.stop(NAMESPACE, JOB, purge=purge)
    drift.look()
    assert Colour.objects.get(service=live, colour="blue").drift == said
    drive(cluster, deploy(world.dana, live.environment.releases.get()))
    assert clock(cluster) == (True, ["0 0 1 1 *"])
    drift.look()
    assert not Colour.objects.filter(service=live).exclude(drift="").exists()


def test_a_schedule_that_somebody_changed_in_nomad_is_shown(cluster: Inside, live: Service) -> None:
    job = cluster.job(JOB)
    changed = {**job, "Periodic": {**job["Periodic"], "Specs": ["* * * * *"]}}
    cluster.nomad.register(changed)
    drift.look()
    assert "changed in Nomad" in Colour.objects.get(service=live, colour="blue").drift


@pytest.mark.full
def test_values_that_do_not_fit_beside_the_old_ones_fail_the_deployment(
    world: World, cluster: Inside, live: Service
) -> None:
    for name in ("A", "B"):
        set_variables(world.dana, world.environment, None, {"VERSION": "1", name: "x" * 20_000})
    assert drive(cluster, deploy(world.dana, release(world.dana, world.environment))).ended
    big = {"VERSION": "1", "A": "x" * 30_000, "B": "x" * 30_000}
    with pytest.raises(Invalid, match="each of two releases of a cron"):
        set_variables(world.dana, world.environment, None, big)
    # As a draft had it before that was looked at.
    Variable.objects.filter(name="B").update(value="x" * 60_000)
    deployment = drive(cluster, deploy(world.dana, release(world.dana, world.environment)))
    assert deployment.state == Deployment.State.FAILED
    assert "of the old and the new release" in deployment.reason


@pytest.mark.full
def test_no_room_is_kept_for_a_second_one(world: World, cluster: Inside, live: Service) -> None:
    beside_a_sick_one(world, cluster, live, "0 0 2 1 *")
    assert Reservation.objects.get(service=live).instances == 1
