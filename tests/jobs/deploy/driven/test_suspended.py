"""What is suspended runs nothing, whoever scales or deploys it."""

from __future__ import annotations

import pytest

from jobs.deploy import apply, rows
from platform_admin.models import Deployment, Service
from platform_admin.verbs.suspending import resume, suspend
from tests.jobs.deploy.driven.drive import drive, look, queued
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

BLUE, GREEN = "shop-production-web-blue", "shop-production-web-green"


def test_a_suspended_service_runs_nothing_and_keeps_its_jobs(
    world: World, cluster: Inside, web: Service
) -> None:
    suspend(world.dana, web)
    apply.run(web.pk)
    look(cluster)
    assert cluster.jobs()[BLUE] == 0
    assert cluster.allocations() == []

    cluster.by_hand(BLUE, 3)
    apply.run(web.pk)
    apply.run(web.pk)
    assert cluster.jobs()[BLUE] == 0, "another hand does not wake it"

    resume(world.dana, web)
    apply.run(web.pk)
    look(cluster)
    assert len(cluster.allocations(BLUE)) == 2


def test_a_deployment_of_a_suspended_service_verifies_it_and_leaves_nothing_running(
    world: World, cluster: Inside, web: Service
) -> None:
    suspend(world.dana, web)
    deployment = drive(cluster, queued(world, "2"))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    look(cluster)
    assert cluster.allocations() == []
    assert rows.read(web.pk).rollout.live == "green"

    resume(world.dana, web)
    apply.run(web.pk)
    look(cluster)
    assert len(cluster.allocations(GREEN)) == 2


@pytest.mark.full
def test_one_that_is_suspended_while_it_rolls_ends_at_0(
    world: World, cluster: Inside, web: Service
) -> None:
    deployment = drive(cluster, queued(world, "2"), until="watch")
    suspend(world.dana, web)
    deployment = drive(cluster, deployment)

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    look(cluster)
    assert cluster.allocations() == []
