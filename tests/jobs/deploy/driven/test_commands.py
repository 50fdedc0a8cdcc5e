from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import commands, finish
from jobs.deploy.stages import document_of
from platform_admin.models import Deployment, DeploymentStep, Service
from platform_admin.verbs.variables import set_variables
from tests.jobs.deploy.driven.standing import rolling
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World


@pytest.fixture
def web(world: World, cluster: Inside) -> Service:
    """A service with a release command and a value for it."""
    cluster.nomad.ensure_namespace(NAMESPACE, "")
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    return world.service("web", release_command="python3 migrate.py")


@pytest.fixture
def deployment(world: World, web: Service) -> Deployment:
    return rolling(world, web, "emptied")


def run(deployment: Deployment, service: Service) -> commands.Failure | bool:
    return commands.run(deployment, document_of(deployment), service)


def job_id(deployment: Deployment) -> str:
    return f"shop-production-web--cmd-{deployment.pk}"


def end(cluster: Inside, exit_code: int = 0) -> None:
    """The command starts, and ends so."""
    cluster.exit_code = exit_code
    cluster.follow()
    cluster.follow()


def test_a_command_is_run_once_with_the_values_of_its_service(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    assert run(deployment, web) is False
    assert cluster.jobs() == {job_id(deployment): 1}
    assert cluster.variables() == {f"nomad/jobs/{job_id(deployment)}": {"VERSION": "2"}}
    end(cluster)
    assert run(deployment, web) is True
    cluster.nomad.stop(NAMESPACE, job_id(deployment), purge=True)
    assert run(deployment, web) is True
    assert cluster.jobs() == {}


def test_a_command_that_stands_in_nomad_is_looked_for_before_anything_is_written(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    run(deployment, web)
    written = cluster.written
    assert run(deployment, web) is False
    assert cluster.written == written


def test_a_service_without_a_command_has_nothing_to_wait_for(world: World, cluster: Inside) -> None:
    worker = world.worker()
    deployment = rolling(world, worker, "emptied")
    assert run(deployment, worker) is True
    assert cluster.jobs() == {}


def test_a_command_that_fails_says_how_it_ended_and_what_it_wrote(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    run(deployment, web)
    (allocation,) = cluster.allocations(job_id(deployment))
    cluster.says(allocation, "no such table")
    end(cluster, 3)
    failure = run(deployment, web)
    assert failure == commands.Failure(
        "The release command of web ended with exit code 3.", "no such table\n"
    )
    again = run(deployment, web)
    assert again == commands.Failure("The release command of web failed.", "no such table\n")


def test_a_command_that_could_not_start_says_what_kept_it(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    run(deployment, web)
    (allocation,) = cluster.allocations(job_id(deployment))
    event = {"Type": "Driver Failure", "Time": 1, "DisplayMessage": "no such file: python3"}
    cluster.report(allocation, "dead", event, failed=True)
    failure = run(deployment, web)
    assert isinstance(failure, commands.Failure)
    assert failure.reason == "The release command of web did not run: no such file: python3."


def test_a_command_has_half_an_hour(cluster: Inside, web: Service, deployment: Deployment) -> None:
    cluster.exit_code = None
    run(deployment, web)
    cluster.follow()
    step = DeploymentStep.objects.filter(name=commands.NAME)
    step.update(started_at=datetime.now(UTC) - commands.LIMIT + timedelta(minutes=1))
    assert run(deployment, web) is False
    step.update(started_at=datetime.now(UTC) - commands.LIMIT)
    failure = run(deployment, web)
    assert isinstance(failure, commands.Failure)
    assert failure.reason == "The release command of web ran for 30 minutes."
    assert step.get().state == DeploymentStep.State.FAILED


@pytest.mark.parametrize("runs", [True, False])
def test_at_the_end_of_the_deployment_neither_job_nor_variable_is_left(
    cluster: Inside, web: Service, deployment: Deployment, runs: bool
) -> None:
    if runs:
        run(deployment, web)
    finish.end(deployment, Deployment.State.FAILED)
    assert cluster.jobs() == {}
    assert cluster.variables() == {}
    deployment.refresh_from_db()
    assert (deployment.state, deployment.finished_at is None) == (Deployment.State.FAILED, False)
