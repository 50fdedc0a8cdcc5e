from __future__ import annotations

import pytest

from jobs.deploy import record
from jobs.deploy.failing import fail
from platform_admin.models import Deployment, DeploymentStep, Service
from tests.platform_admin.verbs.world import World

State = Deployment.State
KEEPS = {State.UNDOING, State.CLEANING, *Deployment.ENDED}


@pytest.mark.parametrize("state", State)
def test_it_begins_to_put_back_unless_it_does_or_cleans_up_or_has_ended(
    world: World, web: Service, state: State
) -> None:
    release = world.environment.releases.get()
    deployment = world.environment.deployments.create(number=1, release=release, state=state)
    record.step(deployment, "Shift", service=web)
    begun = fail(deployment, "It broke.", "a line of its log")
    deployment.refresh_from_db()
    assert begun == (state not in KEEPS)
    assert deployment.state == (State.UNDOING if begun else state)
    assert (deployment.reason, deployment.proof) == (
        ("It broke.", "a line of its log") if begun else ("", "")
    )
    ended = DeploymentStep.State.FAILED if begun else DeploymentStep.State.RUNNING
    assert deployment.steps.get().state == ended
