"""Going on with a deployment as the workers and the observer do, without their pauses."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from jobs.deploy import loop
from jobs.observe.loop import observe
from platform_admin.models import Cell, Deployment, Rollout, Service
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.releases import release
from platform_admin.verbs.variables import set_variables
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

ROUNDS = 60


def look(cluster: Inside) -> None:
    """What was asked for comes about, and is observed."""
    cluster.follow()
    for cell in Cell.objects.all():
        observe(cell)


def step(cluster: Inside, deployment: Deployment) -> Deployment:
    """The deployment after one step, with what came before it observed."""
    look(cluster)
    loop.step(deployment.pk)
    deployment.refresh_from_db()
    return deployment


def drive(cluster: Inside, deployment: Deployment, *, until: str = "") -> Deployment:
    """The deployment at its end, or once it or a service of it is in the state `until`."""
    for _ in range(ROUNDS):
        deployment.refresh_from_db()
        if deployment.ended or until in _states(deployment):
            return deployment
        step(cluster, deployment)
    said = f"{deployment.state}: {deployment.waits_for or deployment.reason}"
    raise AssertionError(f"no end after {ROUNDS} rounds, {said}")


def _states(deployment: Deployment) -> set[str]:
    return {deployment.state, *deployment.rollouts.values_list("state", flat=True)}


def late(service: Service) -> None:
    """The service has been in its state for longer than its start-up limit."""
    passed = timedelta(seconds=service.start_limit_s + 1)
    Rollout.objects.filter(service=service).update(state_at=F("state_at") - passed)


def queued(world: World, value: str = "1") -> Deployment:
    """A deployment of a release with this value of a variable."""
    set_variables(world.dana, world.environment, None, {"VERSION": value})
    return deploy(world.dana, release(world.dana, world.environment))
