"""What every write outside carries: the index of what was read before it was decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs.deploy.actions import Action, AddSlug, Register, Rows, TakeSlug, WriteTree, WriteVariable
from jobs.deploy.effects import perform
from jobs.errors import Conflict, Refused
from jobs.specs import bears_slug
from platform_admin.models import Colour, Deployment, Rollout, Service
from platform_admin.verbs.variables import set_variables
from tests.jobs.deploy.driven.standing import colour, context, rolling
from tests.jobs.inside import NAMESPACE, Inside
from tests.platform_admin.verbs.world import World

SLUG = "shop-production-web"
BLUE, GREEN = f"{SLUG}-blue", f"{SLUG}-green"
GREENS = f"nomad/jobs/{GREEN}"


@pytest.fixture
def deployment(world: World, web: Service) -> Deployment:
    set_variables(world.dana, world.environment, None, {"VERSION": "2"})
    return rolling(world, web, "values")


def sent(cluster: Inside) -> Any:
    """The body of the last job that was registered."""
    return [each for each in cluster.nomad_door.written if each.path.startswith("/v1/jobs")][
        -1
    ].json()


def scale(cluster: Inside) -> None:
    cluster.by_hand(BLUE, 5)


def register(cluster: Inside) -> None:
    cluster.nomad.register(cluster.job(BLUE) | {"ID": GREEN, "Name": GREEN})


def put(cluster: Inside) -> None:
    cluster.nomad.put_variable(NAMESPACE, GREENS, {"VERSION": "3"}, cas=None)


def test_the_new_job_is_registered_empty_without_the_slug_and_kept_as_it_was_sent(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    perform(Register(), context(deployment, web))
    body = sent(cluster)
    assert (body["EnforceIndex"], body["JobModifyIndex"]) == (True, 0)
    assert cluster.jobs()[GREEN] == 0
    assert not bears_slug(cluster.job(GREEN), SLUG)
    assert colour(web, "green").job == body["Job"]


def test_a_variable_is_written_again_so_that_an_older_write_is_stale(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    for _ in range(2):
        perform(WriteVariable(), context(deployment, web))
    assert [each.path.partition("?")[2] for each in cluster.nomad_door.written[-2:]] == [
        f"namespace={NAMESPACE}&cas={cas}"
        for cas in (0, context(deployment, web).reading.variable.modify_index - 1)  # type: ignore[union-attr]
    ]


def test_without_values_the_variable_goes(
    world: World, cluster: Inside, web: Service, deployment: Deployment
) -> None:
    put(cluster)
    set_variables(world.dana, world.environment, None, {})
    deployment = rolling(world, web, "values")
    perform(WriteVariable(), context(deployment, web))
    assert cluster.variables() == {}


@pytest.mark.parametrize(
    ("action", "writes_first"),
    [
        (Register(), register),
        (WriteVariable(), put),
        (TakeSlug("blue"), scale),
        (AddSlug("blue"), scale),
    ],
)
def test_what_somebody_else_wrote_first_stays(
    cluster: Inside,
    web: Service,
    deployment: Deployment,
    action: Action,
    writes_first: Callable[[Inside], None],
) -> None:
    read_before = context(deployment, web)
    writes_first(cluster)
    jobs, variables = cluster.jobs(), cluster.variables()
    with pytest.raises(Conflict):
        perform(action, read_before)
    assert (cluster.jobs(), cluster.variables()) == (jobs, variables)
    assert bears_slug(cluster.job(BLUE), SLUG)


@pytest.mark.parametrize("action", [Rows, WriteTree])
def test_a_rollout_that_has_moved_on_is_not_written(
    cluster: Inside, web: Service, deployment: Deployment, action: type[Action]
) -> None:
    old = context(deployment, web)
    Rollout.objects.filter(service=web).update(version=old.loaded.rollout.version + 1)
    perform(WriteTree(), context(deployment, web))
    keys = cluster.consul_keys()
    with pytest.raises(Conflict):
        perform(Rows(old.loaded.rollout) if action is Rows else WriteTree(), old)
    assert cluster.consul_keys() == keys


def test_a_slug_is_taken_and_given_in_place_at_the_count_that_nomad_has(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    Colour.objects.filter(service=web, colour="blue").update(drift="once")
    instances = cluster.allocations(BLUE)
    for action, bears in ((TakeSlug("blue"), False), (AddSlug("blue"), True)):
        read_before = context(deployment, web)
        perform(action, read_before)
        body = sent(cluster)
        assert (body["EnforceIndex"], body["PreserveCounts"]) == (True, True)
        index = read_before.reading.jobs["blue"]
        assert index is not None
        assert body["JobModifyIndex"] == index.job_modify_index
        assert bears_slug(cluster.job(BLUE), SLUG) == bears
        assert bears_slug(colour(web, "blue").job or {}, SLUG) == bears
    assert cluster.jobs()[BLUE] == 2
    assert cluster.allocations(BLUE) == instances
    assert colour(web, "blue").drift == ""


def test_a_slug_does_not_change_on_a_job_whose_instances_would_restart(
    cluster: Inside, web: Service, deployment: Deployment
) -> None:
    cluster.change_by_hand(BLUE, Env={"SOMEBODYS": "1"})
    job = cluster.job(BLUE)
    with pytest.raises(
        Refused, match="was changed in Nomad: it can not be brought to what it should be"
    ):
        perform(TakeSlug("blue"), context(deployment, web))
    assert cluster.job(BLUE) == job


def test_a_slug_of_a_job_that_is_missing_is_refused(web: Service, deployment: Deployment) -> None:
    with pytest.raises(Refused, match="web-green is missing in Nomad"):
        perform(AddSlug("green"), context(deployment, web))
