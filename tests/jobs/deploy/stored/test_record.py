from __future__ import annotations

import pytest

from jobs.deploy import record
from platform_admin.models import Deployment, DeploymentStep, Service
from tests.platform_admin.verbs.world import World

State = DeploymentStep.State


@pytest.fixture
def deployment(world: World, web: Service) -> Deployment:
    release = world.environment.releases.get()
    return world.environment.deployments.create(number=1, release=release)


def test_a_step_has_one_row_however_often_it_is_told(deployment: Deployment) -> None:
    for output in ("one", "two"):
        record.step(deployment, "Shift", output=output)
    record.step(deployment, "Shift")
    step = deployment.steps.get()
    assert (step.state, step.output, step.finished_at) == (State.RUNNING, "two", None)


def test_a_step_that_has_ended_keeps_its_first_end(deployment: Deployment) -> None:
    record.step(deployment, "Shift", state=State.FAILED, output="one")
    before = deployment.steps.get()
    record.step(deployment, "Shift", state=State.DONE, output="two")
    after = deployment.steps.get()
    assert (after.state, after.output) == (State.FAILED, "one")
    assert after.finished_at == before.finished_at is not None


def test_ending_a_services_steps_leaves_those_of_the_others(
    deployment: Deployment, web: Service
) -> None:
    record.step(deployment, "Shift", service=web)
    record.step(deployment, "Reserve quota")
    record.end_running(deployment, State.DONE, web)
    states = dict(deployment.steps.values_list("name", "state"))
    assert states == {"Shift": State.DONE, "Reserve quota": State.RUNNING}
