"""A check that fails says why, where the deployment fails and while it waits."""

from __future__ import annotations

import pytest

from platform_admin.models import Deployment, DeploymentStep
from tests.jobs.deploy.driven.drive import drive, late, look, queued, step
from tests.jobs.inside import Inside
from tests.jobs.server import Asked
from tests.platform_admin.verbs.world import World

BLUE = "shop-production-web-blue"
REFUSED = "dial tcp 127.0.0.1:20001: connect: connection refused"


def waiting(world: World, cluster: Inside, output: str) -> Deployment:
    """A deployment that waits for an instance whose check says this."""
    world.service("web", health_path="/healthz")
    cluster.sick.add(BLUE)
    cluster.output = output
    deployment = drive(cluster, queued(world), until="watch")
    for _ in range(3):
        step(cluster, deployment)
    return deployment


def failed(world: World, cluster: Inside, output: str, log: str = "") -> Deployment:
    deployment = waiting(world, cluster, output)
    if log:
        cluster.says(cluster.allocations(BLUE)[0], log)
    late(deployment.services.get())
    return step(cluster, deployment)


def test_the_reason_says_that_nothing_listens_and_where_the_log_listens_instead(
    world: World, cluster: Inside
) -> None:
    deployment = failed(world, cluster, REFUSED, "Running on http://127.0.0.1:5000")

    assert deployment.state == Deployment.State.UNDOING
    assert deployment.reason.startswith("web: waiting for the first instance to become healthy")
    assert "Nothing listens at 127.0.0.1:20001." in deployment.reason
    assert "variable PORT, and at 0.0.0.0" in deployment.reason
    assert "Its log speaks of port 5000, the instance's is 2" in deployment.reason


def test_the_reason_says_which_status_it_was(world: World, cluster: Inside) -> None:
    said = "HTTP GET http://127.0.0.1:20001/healthz: 404 Not Found Output: no such page"

    deployment = failed(world, cluster, said)

    assert "/healthz answers 404 Not Found (“no such page”)" in deployment.reason
    assert "log speaks" not in deployment.reason


def test_the_step_says_it_while_it_waits(world: World, cluster: Inside) -> None:
    deployment = waiting(world, cluster, REFUSED)

    watching = DeploymentStep.objects.get(deployment=deployment, name="Watch health")
    assert "running, not healthy yet: Nothing listens at 127.0.0.1:20001." in watching.output


@pytest.mark.full
def test_a_consul_that_does_not_say_why_fails_as_before(world: World, cluster: Inside) -> None:
    deployment = failed(world, cluster, "")

    assert deployment.reason.endswith("that did not happen within 120 s.")


@pytest.mark.full
def test_nobody_is_asked_why_while_all_is_well(world: World, cluster: Inside) -> None:
    world.service("web")
    drive(cluster, queued(world))
    asked: list[str] = []

    def note(request: Asked) -> None:
        asked.append(request.path)

    cluster.consul_door.mood = note
    for _ in range(2):
        look(cluster)
    assert asked
    assert not [path for path in asked if "agent/checks" in path]
