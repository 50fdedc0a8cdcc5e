"""`apply` against a Nomad that counts indexes and keeps scaling events."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy import apply
from jobs.deploy.bring import bring
from jobs.deploy.rows import read
from jobs.errors import Refused
from jobs.specs import without_slug
from local.cluster.web import Answer
from platform_admin.models import Cell, Colour, Instance, ScalingEvent, Service
from tests.jobs.deploy.driven.drive import look
from tests.jobs.deploy.driven.standing import colour, stand
from tests.jobs.inside import Inside, as_usual
from tests.jobs.server import Asked
from tests.platform_admin.verbs.world import World

BLUE = "shop-production-web-blue"


def want(service: Service, count: int) -> None:
    Service.objects.filter(pk=service.pk).update(desired=count, desired_at=datetime.now(UTC))


def register_in_place(cluster: Inside) -> None:
    """The job gets another index, and no scaling event."""
    job = without_slug(cluster.job(BLUE), "shop-production-web")
    cluster.nomad.register(job, preserve_counts=True)


def test_a_count_is_posted_and_comes_about(cluster: Inside, web: Service) -> None:
    want(web, 3)
    apply.sweep()
    look(cluster)
    assert (cluster.jobs()[BLUE], len(cluster.allocations(BLUE))) == (3, 3)
    assert apply.settled(read(web.pk))


def test_what_was_wanted_just_now_is_left_to_its_own_job(cluster: Inside, web: Service) -> None:
    want(web, 3)
    apply.catch_up()
    assert cluster.jobs()[BLUE] == 2
    Service.objects.update(desired_at=datetime.now(UTC) - apply.JUST_NOW)
    apply.catch_up()
    assert cluster.jobs()[BLUE] == 3


def test_only_the_colour_that_is_out_is_asked_about(cluster: Inside, web: Service) -> None:
    want(web, 3)
    paths: list[str] = []
    cluster.nomad_door.mood = lambda asked: paths.append(asked.path)
    apply.several([web.pk])
    assert cluster.jobs()[BLUE] == 3
    assert paths
    assert all(path.startswith(f"/v1/job/{BLUE}") for path in paths)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_post_whose_answer_is_lost_is_sent_again_and_is_no_hand(
    cluster: Inside, web: Service, arrives: bool
) -> None:
    want(web, 3)

    def lost(asked: Asked) -> Answer | None:
        if not asked.path.startswith(f"/v1/job/{BLUE}/scale") or asked.method == "GET":
            return None
        cluster.nomad_door.mood = as_usual
        if arrives:
            cluster.nomad_door.answer(asked.method, asked.path, asked.headers, asked.body)
        return Answer("lost", 502)

    cluster.nomad_door.mood = lost
    apply.run(web.pk)
    assert colour(web, "blue").acknowledged is None
    apply.run(web.pk)
    assert (cluster.jobs()[BLUE], colour(web, "blue").acknowledged) == (3, 3)
    assert not ScalingEvent.objects.exists()


def test_a_hand_that_was_noticed_is_none_again_after_a_lost_answer(
    cluster: Inside, web: Service
) -> None:
    cluster.by_hand(BLUE, 4)
    apply.run(web.pk)
    assert ScalingEvent.objects.count() == 1
    register_in_place(cluster)
    want(web, 5)
    Colour.objects.filter(service=web, colour="blue").update(acknowledged=None)
    apply.run(web.pk)
    assert ScalingEvent.objects.count() == 1
    assert (cluster.jobs()[BLUE], colour(web, "blue").acknowledged) == (5, 5)


def test_a_hand_while_an_answer_is_out_is_noticed(cluster: Inside, web: Service) -> None:
    Colour.objects.filter(service=web, colour="blue").update(acknowledged=None)
    cluster.by_hand(BLUE, 4)
    apply.run(web.pk)
    assert ScalingEvent.objects.get().after == 4


def test_a_post_that_nomad_refuses_leaves_what_was_known(cluster: Inside, web: Service) -> None:
    want(web, 3)
    cluster.nomad_door.mood = lambda asked: Answer("no", 400) if asked.method == "POST" else None
    with pytest.raises(Refused):
        bring(web.pk, "blue")
    row = colour(web, "blue")
    assert (row.acknowledged, row.at_most) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_one_service_that_fails_keeps_no_other_from_its_count(
    world: World, cluster: Inside, web: Service, caplog: pytest.LogCaptureFixture
) -> None:
    other = stand(world, cluster, world.service("other"), 1)
    for service in (web, other):
        want(service, 3)
    # Of what is not known the job is read first.
    Colour.objects.filter(colour="blue").update(acknowledged=None)
    # Not even one that fails as nobody thought of: with JSON that is no job.
    cluster.nomad_door.mood = lambda asked: (
        Answer({}) if asked.path.startswith(f"/v1/job/{BLUE}?") else None
    )
    with caplog.at_level(logging.ERROR):
        apply.sweep()
    assert cluster.jobs() == {BLUE: 2, "shop-production-other-blue": 3}
    assert f"apply of service {web.pk}" in caplog.text


@pytest.mark.parametrize(
    ("change", "posted"),
    [
        pytest.param({}, 1, id="all that stay are healthy"),
        pytest.param({"healthy": False}, 2, id="one that stays is not"),
        pytest.param({"draining": True}, 2, id="one that stays drains"),
        pytest.param({"ended": True}, 2, id="one that stays has ended"),
        pytest.param({"observed_s": -1}, 2, id="observed before the acknowledgement"),
        pytest.param({"healthy": False, "wanted_s": 121}, 1, id="past its start-up limit"),
    ],
)
def test_a_count_goes_down_onto_instances_that_are_seen_healthy(
    cluster: Inside, web: Service, change: dict[str, int], posted: int
) -> None:
    now = datetime.now(UTC)
    want(web, 1)
    Service.objects.update(desired_at=now - timedelta(seconds=change.get("wanted_s", 0)))
    Colour.objects.update(acknowledged_at=now)
    Cell.objects.update(observed_at=now + timedelta(seconds=change.get("observed_s", 1)))
    fields = {key: value for key, value in change.items() if not key.endswith("_s")}
    Instance.objects.filter(number=1).update(ended=True)
    Instance.objects.filter(number=0).update(**{"healthy": True} | fields)
    apply.run(web.pk)
    assert cluster.jobs()[BLUE] == posted


def test_a_job_that_is_missing_with_instances_wanted_is_drift(
    cluster: Inside, web: Service
) -> None:
    cluster.nomad.stop("demo", BLUE, purge=True)
    want(web, 3)
    apply.run(web.pk)
    assert colour(web, "blue").drift == "the job is missing in Nomad"
    assert BLUE not in cluster.jobs()
