"""Counts that are posted together, without a look at their jobs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction

from jobs.deploy import apply, at_once
from jobs.errors import Refused
from platform_admin.models import (
    Colour,
    Reservation,
    Rollout,
    ScalingEvent,
    Service,
)
from platform_admin.verbs import quota
from platform_admin.verbs.releases import release
from tests.jobs.agents import until
from tests.jobs.deploy.stored.nomad import Nomad, lose_the_answer
from tests.jobs.deploy.stored.standing import blue, runs, wish
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World

WEB, API = "shop-production-web-blue", "shop-production-api-blue"


@pytest.fixture
def api(world: World, nomad: Nomad, web: Service) -> Service:
    """Another one that is live on blue, with one instance."""
    service = world.service("api", kind="private", maximum=5)
    make_live(service, release(world.dana, world.environment))
    nomad.put(API, 1)
    service.colours.filter(colour="blue").update(index=nomad.index)
    with transaction.atomic():
        quota.reserve(quota.locked(world.team), service)
    return service


@pytest.fixture
def read(nomad: Nomad, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that were read."""
    found: list[str] = []
    real = nomad.job

    def job(namespace: str, job_id: str) -> object:
        found.append(job_id)
        return real(namespace, job_id)

    monkeypatch.setattr(nomad, "job", job)
    return found


def test_both_are_posted_under_their_marks_and_no_job_is_read(
    world: World, nomad: Nomad, web: Service, api: Service, read: list[str]
) -> None:
    wish(world, web, 4)
    wish(world, api, 3)
    apply.several([web.pk, api.pk])

    assert (nomad.jobs[WEB].count, nomad.jobs[API].count) == (4, 3)
    assert read == []
    for service, count in ((web, 4), (api, 3)):
        row = blue(service)
        assert (row.acknowledged, row.at_most, row.mark) == (count, count, 1)
        assert row.index == nomad.jobs[f"{service.slug}-blue"].job_modify_index
        assert row.acknowledged_at is not None
        assert Reservation.objects.get(service=service).instances == count
    assert {event.meta["muster.mark"] for event in nomad.events} == {f"{WEB}-1", f"{API}-1"}


def test_the_rows_say_that_an_answer_is_out_before_anything_is_posted(
    world: World, nomad: Nomad, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(world, web, 4)
    nomad.before_answer = lose_the_answer
    assert at_once.bring_all([web.pk]) == []

    assert (blue(web).acknowledged, blue(web).at_most) == (None, 4)
    assert Reservation.objects.get(service=web).instances == 4
    nomad.before_answer = lambda: None
    apply.several([web.pk])
    assert blue(web).acknowledged == 4
    assert not ScalingEvent.objects.filter(origin=ScalingEvent.Origin.OUTSIDE).exists()


def test_a_hand_that_came_first_is_noticed(world: World, nomad: Nomad, web: Service) -> None:
    nomad.set_count(WEB, 3, {})
    wish(world, web, 4)
    apply.several([web.pk])

    event = ScalingEvent.objects.get(origin=ScalingEvent.Origin.OUTSIDE)
    assert (event.before, event.after) == (4, 3)
    assert nomad.jobs[WEB].count == 3


def test_a_job_that_is_gone_is_drift_and_keeps_no_other_from_its_count(
    world: World, nomad: Nomad, web: Service, api: Service
) -> None:
    del nomad.jobs[WEB]
    wish(world, web, 4)
    wish(world, api, 2)
    apply.several([web.pk, api.pk])

    assert blue(web).drift == "the job is missing in Nomad"
    assert blue(web).acknowledged == 2
    assert blue(api).acknowledged == 2


def test_an_answer_that_comes_after_a_newer_post_is_not_written(
    world: World, nomad: Nomad, web: Service
) -> None:
    wish(world, web, 3)

    def a_newer_post_is_made_first() -> None:
        nomad.before_answer = lambda: None
        wish(world, web, 5)
        apply.run(web.pk)

    answers = _answers_late(nomad, web, a_newer_post_is_made_first)
    assert answers == []
    assert (nomad.jobs[WEB].count, blue(web).acknowledged, blue(web).mark) == (5, 5, 2)


def _answers_late(nomad: Nomad, service: Service, meanwhile: Callable[[], None]) -> list[int]:
    """What is left when something happened between the post and its answer."""
    asked, left = at_once._decided([service.pk])
    answers = [answer for each in asked if (answer := at_once._posted(each))]
    meanwhile()
    at_once._answered(answers, wait=True)
    return left


@pytest.mark.parametrize(
    ("healths", "count"),
    [((True, True, True), 1), ((False, True, True), 2), ((True, False, False), 1)],
)
def test_a_count_goes_down_onto_healthy_instances_alone(
    world: World, nomad: Nomad, web: Service, healths: tuple[bool, ...], count: int
) -> None:
    runs(web, *healths)
    wish(world, web, 1)
    assert at_once.bring_all([web.pk]) == []
    assert nomad.jobs[WEB].count == count


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"acknowledged": None}, id="an answer is out"),
        pytest.param({"drift": "the job is stopped in Nomad"}, id="its job was stopped"),
        pytest.param({"index": 0}, id="its index is not known"),
    ],
)
def test_what_is_not_plain_is_left(
    world: World, nomad: Nomad, web: Service, change: dict[str, object]
) -> None:
    wish(world, web, 4)
    Colour.objects.filter(service=web, colour="blue").update(**change)
    assert at_once.bring_all([web.pk]) == [web.pk]
    assert nomad.events == []


def test_what_rolls_is_left(world: World, nomad: Nomad, web: Service) -> None:
    wish(world, web, 4)
    deployment = world.environment.deployments.create(
        number=1, release=world.environment.releases.get(), state="rolling"
    )
    Rollout.objects.filter(service=web).update(deployment=deployment, state="ready")
    assert at_once.bring_all([web.pk]) == [web.pk]


def test_a_colour_beside_it_that_still_runs_is_left(
    world: World, nomad: Nomad, web: Service
) -> None:
    wish(world, web, 4)
    Colour.objects.filter(service=web, colour="green").update(acknowledged=1)
    assert at_once.bring_all([web.pk]) == [web.pk]


@pytest.mark.django_db(transaction=True)
def test_a_team_that_somebody_has_is_left_and_keeps_no_other_waiting(
    world: World, nomad: Nomad, web: Service
) -> None:
    wish(world, web, 4)

    def elsewhere() -> list[int]:
        try:
            return at_once.bring_all([web.pk])
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        quota.locked(world.team)
        assert pool.submit(elsewhere).result(timeout=30) == [web.pk]
    assert nomad.events == []


def test_what_can_not_be_decided_together_is_applied_one_by_one(
    world: World,
    nomad: Nomad,
    web: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    wish(world, web, 4)
    monkeypatch.setattr(at_once, "_plain", broken)
    apply.several([web.pk])
    assert nomad.jobs[WEB].count == 4
    assert "1 services together" in caplog.text


def test_what_a_lower_count_frees_is_free_once_it_is_acknowledged(
    world: World, nomad: Nomad, web: Service
) -> None:
    runs(web, True, True)
    wish(world, web, 1)
    assert Reservation.objects.get(service=web).instances == 2
    at_once.bring_all([web.pk])
    assert (blue(web).acknowledged, Reservation.objects.get(service=web).instances) == (1, 1)


def test_a_table_from_before_the_last_acknowledgement_proves_no_health(
    world: World, nomad: Nomad, web: Service
) -> None:
    runs(web, True, True)
    Colour.objects.filter(service=web, colour="blue").update(acknowledged_at=datetime.now(UTC))
    wish(world, web, 1)
    assert at_once.bring_all([web.pk]) == []
    assert nomad.jobs[WEB].count == 2


def test_what_is_refused_is_not_asked_for_twice(
    world: World, nomad: Nomad, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuses(namespace: str, job_id: str, *_: object, **__: object) -> None:
        asked.append(job_id)
        raise Refused("job scaling blocked due to active deployment", server="nomad", status=400)

    wish(world, web, 4)
    monkeypatch.setattr(nomad, "scale", refuses)
    apply.several([web.pk])
    assert asked == [WEB]
    assert (blue(web).acknowledged, blue(web).at_most) == (2, 2)


def test_an_answer_that_nobody_thought_of_keeps_no_other_from_its_count(
    world: World, nomad: Nomad, web: Service, api: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = nomad.scale

    def odd(namespace: str, job_id: str, *rest: Any, **more: Any) -> object:
        if job_id == WEB:
            raise KeyError("JobModifyIndex")
        return real(namespace, job_id, *rest, **more)

    wish(world, web, 4)
    wish(world, api, 3)
    monkeypatch.setattr(nomad, "scale", odd)
    assert at_once.bring_all([web.pk, api.pk]) == []
    assert (blue(web).acknowledged, blue(api).acknowledged) == (None, 3)


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_late_holds_up_no_other(
    world: World, nomad: Nomad, web: Service, api: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, waited = nomad.scale, []

    def late(namespace: str, job_id: str, *rest: Any, **more: Any) -> object:
        if job_id == API:
            try:
                until(lambda: blue(web).acknowledged == 4)
                waited.append(job_id)
            finally:
                connection.close()
        return real(namespace, job_id, *rest, **more)

    wish(world, web, 4)
    wish(world, api, 3)
    monkeypatch.setattr(nomad, "scale", late)
    assert at_once.bring_all([web.pk, api.pk]) == []
    assert waited == [API]
    assert blue(api).acknowledged == 3


@pytest.mark.django_db(transaction=True)
def test_a_team_that_somebody_has_when_the_answer_comes_is_waited_for(
    world: World, nomad: Nomad, web: Service
) -> None:
    held, answers = Event(), list[at_once.Answer]()

    def hold() -> None:
        try:
            with transaction.atomic():
                quota.locked(world.team)
                held.set()
                until(lambda: answers)
        finally:
            connection.close()

    def write_later() -> None:
        asked, _ = at_once._decided([web.pk])
        found = [answer for each in asked if (answer := at_once._posted(each))]
        holding = pool.submit(hold)
        assert held.wait(30)
        assert at_once._answered(found, wait=False) == {world.team.pk}
        answers.extend(found)
        at_once._write_answers(found)
        holding.result(30)

    wish(world, web, 4)
    with ThreadPoolExecutor(1) as pool:
        write_later()
    assert blue(web).acknowledged == 4
