from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from platform_admin.models import AuditEvent, Colour, Deployment, Release, Service
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.deployments import cancel, deploy, roll_back, touched_services
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.releases import release
from platform_admin.verbs.resources import change_resource
from platform_admin.verbs.services import change_service, create_service
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.rows import make_live, succeed
from tests.platform_admin.verbs.world import World


def names(deployment: Deployment) -> list[str]:
    return sorted(deployment.services.values_list("name", flat=True))


def set_version(world: World, service: Service, version: str) -> Release:
    """A release in which only this service differs."""
    set_variables(world.dana, world.environment, service, {"VERSION": version})
    return release(world.dana, world.environment)


@pytest.fixture
def pair(world: World) -> tuple[Service, Service]:
    """Web and api, both live in release 1."""
    services = world.service(), world.service("api", kind="private")
    succeed(deploy(world.dana, release(world.dana, world.environment)))
    return services


def test_a_first_deployment_touches_every_service_and_is_queued(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *call: sent.append(call))
    world.service()
    world.worker()
    with django_capture_on_commit_callbacks(execute=True):
        deployment = deploy(world.dev, release(world.dana, world.environment))

    assert names(deployment) == ["web", "worker"]
    assert (deployment.number, deployment.state) == (1, "queued")
    assert deployment.actor == world.dev.user
    assert ("deploy", "jobs.deploy.loop.step", (deployment.pk,)) in sent
    event = AuditEvent.objects.get(verb="deploy")
    assert event.after == {"number": 1, "release": 1, "services": ["web", "worker"]}


def test_only_what_differs_from_what_is_live_is_touched(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = set_version(world, pair[0], "2")

    assert touched_services(made) == [pair[0]]
    assert names(deploy(world.dana, made)) == ["web"]


def test_a_service_whose_last_deployment_failed_is_touched_by_the_next(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = set_version(world, pair[0], "2")
    failed = deploy(world.dana, made)
    Deployment.objects.filter(pk=failed.pk).update(state=Deployment.State.FAILED)

    assert names(deploy(world.dana, made)) == ["web"]


def test_what_is_live_in_an_older_release_with_the_same_content_is_not_touched(
    world: World, pair: tuple[Service, Service]
) -> None:
    succeed(deploy(world.dana, set_version(world, pair[0], "2")))
    make_live(pair[1], Release.objects.get(number=1))

    assert names(deploy(world.dana, set_version(world, pair[0], "3"))) == ["web"]


def test_a_live_job_that_was_changed_in_nomad_is_deployed_again(
    world: World, pair: tuple[Service, Service]
) -> None:
    Colour.objects.filter(service=pair[0], colour="blue").update(drift="the job is stopped")
    deployment = deploy(world.dana, release(world.dana, world.environment))
    assert names(deployment) == [pair[0].name]


def test_deploying_what_is_live_is_refused(world: World, pair: tuple[Service, Service]) -> None:
    with pytest.raises(Invalid) as caught:
        deploy(world.dana, Release.objects.get())

    assert "release 1 is in place already" in caught.value.errors["release"][0]


def test_a_service_that_is_named_is_deployed_again(
    world: World, pair: tuple[Service, Service]
) -> None:
    assert names(deploy(world.dana, Release.objects.get(), [pair[1]])) == ["api"]


def test_a_service_that_is_not_of_the_release_is_refused(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = Release.objects.get()
    staging = create_environment(world.dana, world.environment.app, "staging", world.cell)
    strangers = [world.service("late"), create_service(world.dana, staging, world.fields())]
    for stranger in strangers:
        with pytest.raises(Invalid) as caught:
            deploy(world.dana, made, [stranger])
        assert "not in this release" in caught.value.errors["services"][0]


def test_several_deployments_queue(world: World, pair: tuple[Service, Service]) -> None:
    first = deploy(world.dana, set_version(world, pair[0], "2"))
    second = deploy(world.dana, set_version(world, pair[1], "2"))

    assert (first.number, second.number) == (2, 3)
    assert names(second) == ["api", "web"]


def test_a_second_click_finds_the_first_ones_deployment(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = set_version(world, pair[0], "2")

    assert deploy(world.dana, made) == deploy(world.dev, made)
    assert Deployment.objects.count() == 2


def test_one_that_is_cancelled_does_not_stand_for_the_next(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = set_version(world, pair[0], "2")
    cancel(world.dana, deploy(world.dana, made))

    assert deploy(world.dana, made).number == 3


def test_going_back_while_the_new_one_rolls_still_touches_it(
    world: World, pair: tuple[Service, Service]
) -> None:
    deploy(world.dana, set_version(world, pair[0], "2"))
    back = roll_back(world.dana, world.environment, 1)

    assert names(back) == ["web"]
    assert back.release.number == 3


def test_a_rollback_deploys_a_new_release_with_the_old_content(
    world: World, pair: tuple[Service, Service]
) -> None:
    succeed(deploy(world.dana, set_version(world, pair[0], "2")))
    back = roll_back(world.dev, world.environment, 1)

    assert (back.release.number, back.release.note) == (3, "Back to release 1")
    assert back.release.digest == Release.objects.get(number=1).digest
    assert names(back) == ["web"]


def test_a_rollback_to_what_is_live_makes_neither_release_nor_deployment(
    world: World, pair: tuple[Service, Service]
) -> None:
    made = set_version(world, pair[0], "2")
    failed = deploy(world.dana, made)
    Deployment.objects.filter(pk=failed.pk).update(state=Deployment.State.FAILED)
    with pytest.raises(Invalid):
        roll_back(world.dana, world.environment, 1)

    assert Release.objects.count() == 2
    assert Deployment.objects.count() == 2


def test_a_rollback_to_no_release_is_unknown(world: World) -> None:
    with pytest.raises(Unknown):
        roll_back(world.dana, world.environment, 7)


def test_a_change_of_a_resource_alone_is_deployed(world: World) -> None:
    world.service()
    resource = world.redis()
    succeed(deploy(world.dana, release(world.dana, world.environment)))
    change_resource(world.dana, resource, cpu_mhz=200, memory_mb=128)
    deployment = deploy(world.dana, release(world.dana, world.environment))

    assert names(deployment) == []


def test_a_change_of_size_touches_its_service(world: World, pair: tuple[Service, Service]) -> None:
    change_service(world.dana, pair[0], world.fields(memory_mb=256))

    assert names(deploy(world.dana, release(world.dana, world.environment))) == ["web"]


def test_changed_bounds_are_no_change_of_a_release(
    world: World, pair: tuple[Service, Service]
) -> None:
    change_service(world.dana, pair[0], world.fields(minimum=2, maximum=4))

    assert release(world.dana, world.environment).number == 1


def test_a_deployment_is_cancelled_once_and_says_by_whom(
    world: World, pair: tuple[Service, Service]
) -> None:
    deployment = deploy(world.dana, set_version(world, pair[0], "2"))
    for _ in range(2):
        assert cancel(world.dev, deployment).cancel_requested

    assert AuditEvent.objects.get(verb="cancel deployment").actor_name == "dev"


@pytest.mark.parametrize("ended", Deployment.ENDED)
def test_a_deployment_that_has_ended_can_not_be_cancelled(
    world: World, pair: tuple[Service, Service], ended: str
) -> None:
    deployment = deploy(world.dana, set_version(world, pair[0], "2"))
    Deployment.objects.filter(pk=deployment.pk).update(state=ended)
    with pytest.raises(Invalid) as caught:
        cancel(world.dana, deployment)

    assert caught.value.errors == {"deployment": [f"Deployment 2 has {ended} already."]}
    assert not Deployment.objects.get(pk=deployment.pk).cancel_requested
