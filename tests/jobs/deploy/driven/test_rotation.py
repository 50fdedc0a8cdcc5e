"""A secret's rotation, driven to its end: callees before callers, and back where one fails."""

from __future__ import annotations

import pytest

from platform_admin.models import Deployment, DeploymentStep, Rotation
from platform_admin.pages.rotated import rotated
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.live import live_document
from platform_admin.verbs.rotations import rotate
from platform_admin.verbs.secrets import set_secret
from platform_admin.verbs.variables import set_variables
from platform_admin.verbs.versions import drafted
from tests.jobs.deploy.driven.drive import drive, late, look
from tests.jobs.deploy.driven.linked_postgres import held
from tests.jobs.deploy.driven.settled import check_settled
from tests.jobs.deploy.driven.standing import stand
from tests.jobs.inside import Inside
from tests.platform_admin.verbs.world import World

State = Deployment.State


@pytest.fixture
def live(world: World, cluster: Inside) -> World:
    """web calls api, both live on blue with the first version of TOKEN; the draft went on."""
    web, api = world.service("web"), world.service("api", kind="private")
    look(cluster)
    set_links(world.dana, web, [LinkFields("API_URL", "api")])
    set_secret(world.dana, world.environment, None, "TOKEN", "old")
    for service in (web, api):
        stand(world, cluster, service, count=1)
    set_variables(world.dana, world.environment, None, {"UNFINISHED": "1"})
    return world


def tokens(cluster: Inside, colour: str) -> dict[str, str]:
    return {name: items["TOKEN"] for name, items in held(cluster, colour).items()}


def shifted(deployment: Deployment) -> list[str]:
    """The services in the order in which they took the traffic."""
    steps = deployment.steps.filter(name="Shift").order_by("started_at", "pk")
    return [row.service.name for row in steps.select_related("service") if row.service]


def begun(world: World) -> tuple[Rotation, Deployment]:
    rotation = rotate(world.dana, world.environment, None, "TOKEN", "new")
    return rotation, rotation.deployments.get()


def test_all_that_name_the_secret_move_callees_first_with_that_version_alone(
    live: World, cluster: Inside
) -> None:
    rotation, deployment = begun(live)

    done = drive(cluster, deployment)

    assert done.state == State.SUCCEEDED, done.reason
    assert shifted(done) == ["api", "web"]
    assert tokens(cluster, "green") == {"api": "new", "web": "new"}
    assert not any("UNFINISHED" in items for items in held(cluster, "green").values())
    check_settled(cluster, {"api": "green", "web": "green"})
    now = rotated(rotation)
    assert now.ended
    assert not now.failed
    assert "Version 2 is live wherever TOKEN is named" in now.sentence


def test_where_one_fails_the_old_version_stays_live_everywhere_and_the_page_says_where(
    live: World, cluster: Inside
) -> None:
    rotation, deployment = begun(live)
    cluster.sick.add("shop-production-web-green")
    drive(cluster, deployment, until="watch")
    late(live.environment.services.get(name="web"))

    done = drive(cluster, deployment)

    assert done.state == State.FAILED
    check_settled(cluster, {"api": "blue", "web": "blue"})
    assert not held(cluster, "blue")
    assert rotation.version is not None
    secret = rotation.version.variable
    named = drafted(secret, live.environment)
    assert named is not None
    assert named.number == 1
    assert {doc.secrets["TOKEN"].version for doc in live_document(live.environment).services} == {1}
    (place,) = rotated(rotation).places
    assert [(turn.name, turn.word, turn.said) for turn in place.turns] == [
        ("api", "healthy", "version 1 is live"),
        ("web", "failed", "failed here; version 1 is live"),
    ]
    assert place.after == "The draft of production names version 1."
    assert place.deployment.reason.startswith("web")
    failed = done.steps.filter(service__name="web", state=DeploymentStep.State.FAILED)
    assert failed.exists()
