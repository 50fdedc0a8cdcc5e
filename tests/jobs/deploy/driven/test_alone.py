"""A singleton is deployed on a cluster: of it never two run, and the gap is told."""

from __future__ import annotations

import pytest

from jobs.deploy import apply, rows
from jobs.deploy.ended import may_run
from jobs.deploy.gap import STEP
from platform_admin.models import Deployment, DeploymentStep, Instance, Rollout, Service
from platform_admin.verbs.deployments import cancel
from platform_admin.verbs.suspending import resume, suspend
from tests.jobs.deploy.driven.drive import drive, look, queued, step
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World

State = Deployment.State


@pytest.fixture
def leader(world: World, cluster: Inside) -> Service:
    """A singleton that was deployed once."""
    service = world.service("leader", kind="singleton", port=None, health_path="", maximum=1)
    drive(cluster, queued(world, "1"))
    return service


def running(cluster: Inside, service: Service) -> list[str]:
    """The jobs of which something may run, in Nomad's own words."""
    return [
        each.job_id
        for colour in ("blue", "green")
        for each in cluster.nomad.job_allocations(NAMESPACE, f"{service.slug}-{colour}")
        if not each.terminal
    ]


def test_the_old_one_has_ended_before_the_new_one_starts(
    world: World, cluster: Inside, leader: Service
) -> None:
    deployment = queued(world, "2")
    seen = []
    while not deployment.ended:
        step(cluster, deployment)
        seen.append(tuple(running(cluster, leader)))
    blue, green = f"{leader.slug}-blue", f"{leader.slug}-green"
    assert deployment.state == State.SUCCEEDED
    assert [each for each in dict.fromkeys(seen) if each] == [(blue,), (green,)]
    assert Rollout.objects.get(service=leader).live == "green"


@pytest.mark.full
def test_its_gap_is_a_step_of_the_deployment(
    world: World, cluster: Inside, leader: Service
) -> None:
    first = DeploymentStep.objects.filter(name=STEP)
    assert not first.exists()
    deployment = drive(cluster, queued(world, "2"))
    gap = DeploymentStep.objects.get(deployment=deployment, name=STEP)
    assert gap.service == leader
    assert gap.finished_at is not None
    assert gap.finished_at >= gap.started_at
    assert gap.output.endswith("without an instance")


@pytest.mark.full
def test_what_fails_gives_its_place_back(world: World, cluster: Inside, leader: Service) -> None:
    deployment = drive(cluster, queued(world, "2"), until="start")
    cancel(world.dana, deployment)
    seen = []
    while not deployment.ended:
        step(cluster, deployment)
        seen.append(running(cluster, leader))
    assert deployment.state == State.CANCELLED
    assert max(map(len, seen)) == 1
    assert seen[-1] == [f"{leader.slug}-blue"]
    assert Rollout.objects.get(service=leader).live == "blue"


@pytest.mark.parametrize(("node", "may"), [("local", 1), ("removed", 0)])
def test_a_process_that_nomad_has_given_up_may_run_while_its_node_is_known(
    leader: Service, node: str, may: int
) -> None:
    instances = Instance.objects.filter(service=leader)
    assert instances.update(client_status="lost", ended=True, node=node) == 1
    assert sum(may_run(rows.read(leader.pk)).values()) == may


@pytest.mark.full
def test_its_idle_job_can_be_started_by_nobody(
    world: World, cluster: Inside, leader: Service
) -> None:
    drive(cluster, queued(world, "2"))
    specs = {
        colour: cluster.nomad.job(NAMESPACE, f"{leader.slug}-{colour}")
        for colour in ("blue", "green")
    }
    most = {
        colour: job.spec["TaskGroups"][0]["Scaling"]["Max"] for colour, job in specs.items() if job
    }
    assert most == {"blue": 0, "green": 1}


@pytest.mark.full
def test_one_that_was_suspended_starts_again_when_nothing_of_it_runs(
    world: World, cluster: Inside, leader: Service
) -> None:
    for verb, expected in ((suspend, 0), (resume, 1)):
        leader.refresh_from_db()
        verb(world.dana, leader)
        for _ in range(6):
            apply.run(leader.pk)
            look(cluster)
            assert len(running(cluster, leader)) <= 1
        assert len(running(cluster, leader)) == expected
