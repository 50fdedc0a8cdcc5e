"""The stages that speak to servers, wait for quota, or put back what several services share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import commands, lease, loop, rolling, stages
from platform_admin.models import (
    Deployment,
    DeploymentStep,
    Quota,
    Reservation,
    Resource,
    Rollout,
    Service,
)
from platform_admin.rules.sealed import SealError
from platform_admin.verbs import quota
from platform_admin.verbs.deployments import cancel
from platform_admin.verbs.links import LinkFields, set_links
from tests.jobs.deploy.driven import standing
from tests.jobs.deploy.driven.drive import drive, look, queued, step
from tests.jobs.deploy.driven.settled import check_settled
from tests.jobs.inside import Inside, as_usual
from tests.platform_admin.verbs.world import World

State = Deployment.State
MINUTE = timedelta(minutes=1)


def advance(deployment: Deployment) -> Deployment:
    deployment.refresh_from_db()
    stages.advance(deployment, "me")
    deployment.refresh_from_db()
    return deployment


def put(deployment: Deployment, state: str, **changes: object) -> Deployment:
    """The deployment, since now in this state."""
    now = {"state": state, "state_at": datetime.now(UTC)}
    Deployment.objects.filter(pk=deployment.pk).update(**(now | changes))
    deployment.refresh_from_db()
    return deployment


@pytest.fixture
def reserving(world: World, web: Service) -> Deployment:
    return put(standing.rolling(world, web, "emptied"), State.RESERVING)


def test_it_reserves_one_more_instance_of_each_service_to_its_end(
    web: Service, reserving: Deployment
) -> None:
    assert advance(reserving).state == State.PROVISIONING
    assert Rollout.objects.get(service=web).hold == 1
    assert Reservation.objects.get(service=web).instances == 3


def test_what_can_never_fit_is_refused_at_once(reserving: Deployment) -> None:
    Quota.objects.update(instances=2, surge_percent=0, memory_mb=10)
    assert advance(reserving).state == State.UNDOING
    assert "memory" in reserving.reason


def test_what_fits_once_another_deployment_has_ended_waits_for_it(
    world: World, web: Service, reserving: Deployment
) -> None:
    other = world.service("other")
    Quota.objects.update(instances=3, surge_percent=0)
    Rollout.objects.filter(service=other).update(hold=2)
    quota.reserve(quota.locked(world.team), other)
    loop.step(put(reserving, State.RESERVING, lease_until=None).pk)
    reserving.refresh_from_db()
    assert reserving.state == State.RESERVING
    assert "instances" in reserving.waits_for
    assert Rollout.objects.get(service=web).hold == 0


def test_a_resource_that_does_not_pass_has_its_start_up_limit(
    world: World, cluster: Inside, web: Service
) -> None:
    cache = world.redis("cache")
    cluster.sick.add(cache.slug)
    deployment = put(standing.rolling(world, web, "emptied"), State.PROVISIONING)
    assert advance(deployment).state == State.PROVISIONING
    assert deployment.waits_for == "Waiting for cache to pass in Consul."
    look(cluster)
    late = datetime.now(UTC) - timedelta(seconds=cache.start_limit_s + 1)
    assert advance(put(deployment, State.PROVISIONING, state_at=late)).state == State.UNDOING
    assert deployment.reason == (
        "Waiting for cache to pass in Consul: that did not happen within 60 s."
    )
    assert deployment.proof == "Started: started"


def test_a_resource_is_registered_once_and_again_only_where_it_differs(
    world: World, cluster: Inside, web: Service
) -> None:
    cache = world.redis("cache")
    deployment = put(standing.rolling(world, web, "emptied"), State.PROVISIONING)
    advance(deployment)
    written = cluster.written
    assert advance(deployment).state == State.PROVISIONING
    assert cluster.written == written
    cluster.nomad.stop("demo", cache.slug)
    advance(deployment)
    # The port is free, and the new one placed, once the old one has ended.
    for _ in range(2):
        look(cluster)
    assert len(cluster.allocations(cache.slug)) == 1
    assert advance(deployment).state == State.COMMANDING


@pytest.mark.parametrize(
    "state", ["emptying", "reserving", "provisioning", "commanding", "rolling"]
)
def test_it_can_be_cancelled(web: Service, world: World, state: str) -> None:
    deployment = put(standing.rolling(world, web, "emptied"), state)
    cancel(world.dana, deployment)
    assert advance(deployment).state == State.UNDOING
    assert deployment.reason == "Cancelled by dana."


def test_a_release_command_that_runs_is_cancelled_and_leaves_nothing(
    world: World, cluster: Inside
) -> None:
    world.service("web", release_command="python3 migrate.py")
    cluster.exit_code = None
    deployment = drive(cluster, queued(world), until=State.COMMANDING)
    assert step(cluster, deployment).waits_for == "The release command of web is running."
    cancel(world.dana, deployment)
    assert drive(cluster, deployment).state == State.CANCELLED
    check_settled(cluster, {"web": None})


def test_a_release_command_that_fails_ends_the_deployment_with_its_proof(
    world: World, cluster: Inside
) -> None:
    world.service("web", release_command="python3 migrate.py")
    cluster.exit_code = 3
    deployment = drive(cluster, queued(world))
    assert deployment.state == State.FAILED
    assert deployment.reason == "The release command of web ended with exit code 3."
    assert deployment.steps.get(name=commands.NAME).state == DeploymentStep.State.FAILED
    check_settled(cluster, {"web": None})


def test_shifted_services_are_put_back_one_after_another_the_last_first(
    world: World, cluster: Inside
) -> None:
    api, web = (world.service(name) for name in ("api", "web"))
    set_links(world.dana, web, [LinkFields("API", "api")])
    deployment = standing.rolling(world, api, "stand_by")
    for service in (api, web):
        standing.hold(deployment, service, before="blue", live="green", state="stand_by")
    put(deployment, State.UNDOING)

    def states() -> dict[str, str]:
        return dict(deployment.rollouts.values_list("service__name", "state"))

    advance(deployment)
    assert states() == {"api": "stand_by", "web": "undo"}
    Rollout.objects.filter(service=web).update(state="undone")
    advance(deployment)
    assert states() == {"api": "undo", "web": "undone"}


def test_services_that_have_not_begun_to_shift_are_put_back_at_once(
    world: World, cluster: Inside, web: Service
) -> None:
    other = world.service("other")
    deployment = standing.rolling(world, web, "ready")
    standing.hold(deployment, other, state="ready")
    put(deployment, State.UNDOING)
    advance(deployment)
    assert not deployment.rollouts.exclude(state__in=("undo", "undone")).exists()


def test_the_next_service_shifts_when_all_before_it_are_live(world: World, cluster: Inside) -> None:
    api, web = (world.service(name) for name in ("api", "web"))
    set_links(world.dana, web, [LinkFields("API", "api")])
    deployment = standing.rolling(world, api, "ready")
    standing.hold(deployment, web, state="ready")
    for before, after in (
        ({"api": "ready", "web": "watch"}, {"api": "ready", "web": "watch"}),
        ({"api": "ready", "web": "ready"}, {"api": "shift", "web": "ready"}),
        ({"api": "shift", "web": "ready"}, {"api": "shift", "web": "ready"}),
        ({"api": "stand_by", "web": "ready"}, {"api": "stand_by", "web": "shift"}),
    ):
        for name, state in before.items():
            Rollout.objects.filter(service__name=name).update(state=state)
        look(cluster)
        cluster.consul_door.away()
        advance(deployment)
        found = dict(deployment.rollouts.values_list("service__name", "state"))
        assert found == after
        cluster.consul_door.mood = as_usual


@pytest.mark.parametrize("due_at", [None, MINUTE])
def test_while_nomad_is_away_the_limit_of_a_stage_moves_on(
    world: World, cluster: Inside, web: Service, due_at: timedelta | None
) -> None:
    at = datetime.now(UTC)
    away = {"due_at": at - due_at if due_at else None, "lease_until": None}
    deployment = put(standing.rolling(world, web, "emptied"), State.PROVISIONING, **away)
    before = deployment.state_at
    cluster.nomad_door.away()
    loop.step(deployment.pk)
    deployment.refresh_from_db()
    assert deployment.waits_for == "Waiting: nomad: no server"
    assert before is not None
    assert deployment.state_at is not None
    assert deployment.state_at - before >= (due_at or timedelta()) + rolling.AGAIN


def test_while_consul_is_away_the_limit_of_a_service_moves_on(
    world: World, cluster: Inside, web: Service
) -> None:
    deployment = standing.rolling(world, web, "watch")
    put(deployment, State.ROLLING, due_at=datetime.now(UTC) - MINUTE)
    before = Rollout.objects.get(service=web).state_at
    cluster.consul_door.away()
    advance(deployment)
    after = Rollout.objects.get(service=web).state_at
    assert deployment.waits_for == "web: consul: no server."
    assert before is not None
    assert after is not None
    assert after - before >= MINUTE + rolling.AGAIN


@pytest.mark.parametrize("state", [State.PROVISIONING, State.COMMANDING, State.ROLLING])
def test_whoever_has_lost_the_lease_writes_nothing(
    world: World, cluster: Inside, web: Service, state: str
) -> None:
    deployment = put(standing.rolling(world, web, "values"), state, lease_holder="another")
    version, written = Rollout.objects.get(service=web).version, cluster.written
    with pytest.raises(lease.LeaseLost):
        stages.advance(deployment, "me")
    assert cluster.written == written
    assert Rollout.objects.get(service=web).version == version


def test_what_it_waited_for_is_said_no_more_once_it_came_further(
    world: World, cluster: Inside, web: Service
) -> None:
    deployment = put(standing.rolling(world, web, "values"), State.ROLLING, waits_for="web: first.")

    assert advance(deployment).waits_for == ""
    assert Rollout.objects.get(service=web).state != "values"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SealError("There is no key 'k'."), "A sealed value does not open: There is no key 'k'."),
        (Resource.DoesNotExist("cache"), "Something that the release names is gone: cache"),
    ],
)
def test_what_is_gone_or_does_not_open_fails_the_deployment_in_words(
    reserving: Deployment, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def raises(*_: object) -> bool:
        raise error

    monkeypatch.setitem(stages.STAGES, State.RESERVING, raises)
    loop._advance(reserving.pk, "me")
    reserving.refresh_from_db()
    assert reserving.reason == said
    assert reserving.state not in stages.WAITING


def test_of_a_service_too_it_is_said_what_is_gone(
    world: World, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = put(standing.rolling(world, web, "values"), State.ROLLING)

    def raises(*_: object) -> str:
        raise Resource.DoesNotExist("cache")

    monkeypatch.setattr(rolling, "_pass", raises)
    advance(deployment)
    deployment.refresh_from_db()
    assert deployment.reason == "web: something that the release names is gone: cache"
