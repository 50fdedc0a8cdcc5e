from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import effects
from jobs.deploy.actions import WriteTree
from jobs.deploy.reading import OLDEST_S
from jobs.deploy.view import Facts
from jobs.errors import Unavailable
from local.cluster.web import Answer
from platform_admin.models import Cell, Colour, Deployment, Instance, Rollout, Service
from tests.jobs.deploy.driven.standing import context, rolling, stand
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World

BLUE = "shop-production-web-blue"
NOW = datetime.now(UTC)
RELEASE = 1


@pytest.fixture
def deployment(world: World, web: Service) -> Deployment:
    return rolling(world, web, "shift")


def facts(deployment: Deployment, service: Service) -> Facts:
    return context(deployment, service).reading.facts


def instance(service: Service, **values: object) -> None:
    """One more instance of green."""
    fields: dict[str, object] = {"client_status": "running", "healthy": True, "ended": False}
    fields |= {"release": RELEASE, "seen_at": NOW}
    Instance.objects.create(
        allocation=f"a{Instance.objects.count()}",
        cell=service.environment.cell,
        environment=service.environment,
        service=service,
        job="shop-production-web-green",
        colour="green",
        number=0,
        node="n",
        desired_status="run",
        **(fields | values),
    )


@pytest.mark.parametrize(
    ("values", "healthy", "running", "failed"),
    [
        ({}, 1, 1, 0),
        ({"healthy": False}, 0, 1, 0),
        ({"release": RELEASE + 1}, 0, 1, 0),
        ({"release": None}, 0, 1, 0),
        ({"ended": True, "client_status": "complete"}, 0, 0, 0),
        ({"ended": True, "client_status": "failed"}, 0, 0, 1),
        ({"ended": True, "client_status": "failed", "release": RELEASE + 1}, 0, 0, 0),
        ({"ended": True, "client_status": "failed", "seen_at": NOW - timedelta(hours=1)}, 0, 0, 0),
    ],
)
def test_instances_count_for_the_release_that_their_colour_has(
    web: Service,
    deployment: Deployment,
    values: dict[str, object],
    healthy: int,
    running: int,
    failed: int,
) -> None:
    Rollout.objects.update(state_at=NOW - timedelta(minutes=1))
    instance(web, **values)
    found = facts(deployment, web)
    assert found.healthy == {"blue": 2, "green": healthy}
    assert found.running == {"blue": 2, "green": running}
    assert found.failed == {"blue": 0, "green": failed}


@pytest.mark.parametrize(
    ("observed_at", "said"),
    [
        (None, "last observed never"),
        (NOW - timedelta(seconds=OLDEST_S + 1), r"last observed \d+ s ago"),
    ],
)
def test_an_old_observation_is_no_answer(
    web: Service, deployment: Deployment, observed_at: datetime | None, said: str
) -> None:
    Cell.objects.update(observed_at=observed_at)
    with pytest.raises(Unavailable, match=said):
        context(deployment, web)


@pytest.mark.parametrize("cluster", [2], indirect=True)
def test_the_edges_show_a_tree_once_all_of_them_do(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    assert not facts(deployment, web).tree_written
    effects.perform(WriteTree(), context(deployment, web))
    seen = []
    for edge in cluster.edges:
        found = facts(deployment, web)
        seen.append((found.tree_written, found.edges_show))
        for other in cluster.edges:
            other.follows = other is edge
        cluster.follow()
    assert seen == [(True, False), (True, False)]
    assert facts(deployment, web).edges_show


@pytest.mark.parametrize("cluster", [0], indirect=True)
def test_without_any_edge_none_shows_the_tree(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    effects.perform(WriteTree(), context(deployment, web))
    assert not facts(deployment, web).edges_show


@pytest.mark.parametrize("cluster", [2], indirect=True)
@pytest.mark.parametrize(
    ("state", "health_path", "answers", "said"),
    [
        ("watch", "/well", Answer("boom", 500), "answered 500: boom"),
        ("watch", "/well", Answer("well"), "ok"),
        ("watch", "", Answer("boom", 500), "ok"),
        ("shift", "/well", Answer("boom", 500), "ok"),
    ],
)
def test_a_colour_that_is_watched_is_smoked_on_every_edge(
    world: World,
    cluster: Inside,
    state: str,
    health_path: str,
    answers: Answer,
    said: str,
) -> None:
    service = stand(world, cluster, world.service("web", health_path=health_path))
    deployment = rolling(world, service, state)
    instance(service)
    effects.perform(WriteTree(), context(deployment, service))
    cluster.follow()
    cluster.edges[-1].smoke = answers
    assert facts(deployment, service).smoke == said


def test_a_route_that_no_edge_shows_is_not_smoked(world: World, cluster: Inside) -> None:
    service = stand(world, cluster, world.service("web", health_path="/well"))
    deployment = rolling(world, service, "watch")
    instance(service)
    assert facts(deployment, service).smoke == "the edges do not show its route yet"


def test_a_job_has_the_slug_and_passes_under_it_until_it_is_stopped(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    found = facts(deployment, web)
    assert found.job_has_slug == {"blue": True, "green": False}
    assert found.slug_passing == {"blue": True, "green": False}
    cluster.nomad.stop(NAMESPACE, BLUE)
    assert facts(deployment, web).job_has_slug == {"blue": False, "green": False}


def test_a_sick_instance_does_not_pass_under_the_slug(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    cluster.sick.add(BLUE)
    cluster.follow()
    assert facts(deployment, web).slug_passing == {"blue": False, "green": False}


def test_for_a_service_without_a_port_edges_and_slug_hold(world: World, cluster: Inside) -> None:
    worker = stand(world, cluster, world.worker())
    deployment = rolling(world, worker, "shift")
    Colour.objects.filter(service=worker).update(verified=True)
    found = facts(deployment, worker)
    assert (found.tree_written, found.edges_show, found.smoke) == (True, True, "ok")
    assert found.healthy == {"blue": 2, "green": 0}


def test_what_is_written_later_carries_the_indexes_of_both_jobs_and_the_variable(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    path = "nomad/jobs/shop-production-web-green"
    index = cluster.nomad.put_variable(NAMESPACE, path, {"VERSION": "1"}, cas=None)
    found = context(deployment, web).reading
    assert found.jobs["green"] is None
    assert found.jobs["blue"] is not None
    assert found.jobs["blue"].job_modify_index == cluster.job(BLUE)["JobModifyIndex"]
    assert found.variable is not None
    assert found.variable.modify_index == index
