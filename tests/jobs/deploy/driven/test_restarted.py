"""A restart: what is live, once more, on the other colour."""

from __future__ import annotations

import pytest

from jobs.deploy import rows
from platform_admin.models import Deployment, Service
from platform_admin.verbs.restarts import restart
from tests.jobs.deploy.driven.drive import drive, look
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

GREEN = "shop-production-web-green"


def test_a_restart_brings_what_is_live_up_on_the_other_colour(
    world: World, cluster: Inside, web: Service
) -> None:
    before = {each["ID"] for each in cluster.allocations()}
    deployment = drive(cluster, restart(world.dana, web))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    look(cluster)
    after = {each["ID"] for each in cluster.allocations()}
    assert len(after) == 2
    assert not after & before
    assert rows.read(web.pk).rollout.live == "green"
    assert cluster.job(GREEN)["TaskGroups"][0]["Count"] == 2


@pytest.mark.full
def test_a_restart_runs_no_release_command_and_leaves_resources_alone(
    world: World, cluster: Inside
) -> None:
    web = world.service("web", release_command="false")
    cache = world.redis()
    cluster.exit_code = 1
    stand(world, cluster, web)
    deployment = drive(cluster, restart(world.dana, web))

    assert deployment.state == Deployment.State.SUCCEEDED, deployment.reason
    assert cache.slug not in cluster.jobs()
    assert not deployment.steps.filter(name="Release command").exists()
