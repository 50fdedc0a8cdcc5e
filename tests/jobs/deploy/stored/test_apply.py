from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs.deploy import apply
from jobs.deploy.bring import OVERRIDE, bring
from jobs.deploy.posting import MARK
from jobs.errors import Conflict
from platform_admin.models import (
    Instance,
    Reservation,
    Rollout,
    ScalingEvent,
    Service,
)
from tests.jobs.deploy.stored.nomad import Nomad, lose_the_answer
from tests.jobs.deploy.stored.standing import blue, runs, wish
from tests.platform_admin.verbs.world import World

BLUE, GREEN = "shop-production-web-blue", "shop-production-web-green"


def test_it_posts_what_nomad_has_not_acknowledged(world: World, nomad: Nomad, web: Service) -> None:
    wish(world, web, 4)
    apply.run(web.pk)
    assert nomad.jobs[BLUE].count == 4
    assert (blue(web).acknowledged, blue(web).at_most) == (4, 4)
    assert nomad.events[0].meta == {MARK: f"{BLUE}-1"}


def test_it_posts_nothing_twice(world: World, nomad: Nomad, web: Service) -> None:
    wish(world, web, 4)
    apply.run(web.pk)
    apply.run(web.pk)
    assert len(nomad.events) == 1


def test_a_lost_answer_is_unknown_and_sent_again(world: World, nomad: Nomad, web: Service) -> None:
    wish(world, web, 4)
    nomad.before_answer = lose_the_answer
    apply.run(web.pk)
    assert blue(web).acknowledged is None
    assert Reservation.objects.get(service=web).instances == 4

    nomad.before_answer = lambda: None
    apply.sweep()
    assert blue(web).acknowledged == 4
    assert not ScalingEvent.objects.filter(origin=ScalingEvent.Origin.OUTSIDE).exists()


def test_an_answer_that_comes_after_a_newer_post_is_not_written(
    world: World, nomad: Nomad, web: Service
) -> None:
    wish(world, web, 3)

    def a_newer_post_is_made_first() -> None:
        nomad.before_answer = lambda: None
        wish(world, web, 5)
        bring(web.pk, "blue")

    nomad.before_answer = a_newer_post_is_made_first
    bring(web.pk, "blue")
    assert (nomad.jobs[BLUE].count, blue(web).acknowledged) == (5, 5)


def test_a_refused_index_restores_what_was_known(
    world: World, nomad: Nomad, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish(world, web, 4)
    stale = nomad.jobs[BLUE]
    monkeypatch.setattr(nomad, "job", lambda *_: stale)
    nomad.put(BLUE, 2)
    with pytest.raises(Conflict):
        bring(web.pk, "blue")
    assert (blue(web).acknowledged, blue(web).at_most) == (2, 2)


def test_a_lower_count_frees_its_reservation_only_once_it_is_acknowledged(
    world: World, nomad: Nomad, web: Service
) -> None:
    runs(web, *[True] * 2)
    wish(world, web, 1)
    assert Reservation.objects.get(service=web).instances == 2
    apply.run(web.pk)
    assert Reservation.objects.get(service=web).instances == 1


def test_a_count_does_not_go_down_onto_instances_that_are_not_healthy(
    world: World, nomad: Nomad, web: Service
) -> None:
    runs(web, *[True] * 2)
    Instance.objects.filter(number=0).update(healthy=False)
    wish(world, web, 1)
    apply.run(web.pk)
    assert nomad.jobs[BLUE].count == 2


def test_another_hand_at_rest_becomes_an_override_of_fifteen_minutes(
    nomad: Nomad, web: Service
) -> None:
    nomad.set_count(BLUE, 4, {})
    apply.run(web.pk)
    web.refresh_from_db()
    assert (web.desired, web.override_from, blue(web).acknowledged) == (4, 2, 4)
    assert web.override_until is not None
    left = web.override_until - datetime.now(UTC)
    assert 0 < left.total_seconds() <= OVERRIDE.total_seconds()
    assert nomad.jobs[BLUE].count == 4


def test_another_hand_beyond_the_bounds_is_set_back_to_them(nomad: Nomad, web: Service) -> None:
    nomad.set_count(BLUE, 50, {})
    apply.run(web.pk)
    apply.run(web.pk)
    web.refresh_from_db()
    runs(web, *[True] * 50)
    apply.run(web.pk)
    assert (web.desired, nomad.jobs[BLUE].count) == (5, 5)


def test_another_hand_while_a_release_rolls_is_set_back(
    world: World, nomad: Nomad, web: Service
) -> None:
    _rolls(world, web)
    nomad.set_count(BLUE, 4, {})
    apply.run(web.pk)
    runs(web, *[True] * 4)
    apply.run(web.pk)
    web.refresh_from_db()
    assert (web.desired, nomad.jobs[BLUE].count) == (2, 2)


def test_another_hand_on_the_idle_colour_is_set_back(nomad: Nomad, web: Service) -> None:
    web.colours.filter(colour="green").update(index=nomad.jobs[GREEN].job_modify_index)
    nomad.set_count(GREEN, 3, {})
    apply.run(web.pk)
    apply.run(web.pk)
    assert nomad.jobs[GREEN].count == 0


def test_a_job_that_was_stopped_is_drift_and_is_not_scaled(
    world: World, nomad: Nomad, web: Service
) -> None:
    nomad.put(BLUE, 2, stopped=True)
    wish(world, web, 4)
    apply.run(web.pk)
    assert nomad.events == []
    assert blue(web).drift == "the job is stopped in Nomad"


def test_a_stopped_job_that_somebody_started_again_is_no_drift_any_more(
    nomad: Nomad, web: Service
) -> None:
    nomad.put(BLUE, 2, stopped=True)
    apply.run(web.pk)
    nomad.put(BLUE, 2)
    apply.sweep()
    assert blue(web).drift == ""


def test_a_hand_is_acknowledged_from_now_on_so_that_older_observations_do_not_count(
    nomad: Nomad, web: Service
) -> None:
    before = datetime.now(UTC)
    nomad.set_count(BLUE, 4, {})
    apply.run(web.pk)
    at = blue(web).acknowledged_at
    assert at is not None
    assert at >= before


def _rolls(world: World, service: Service) -> None:
    deployment = world.environment.deployments.create(
        number=1, release=world.environment.releases.get(), state="rolling"
    )
    Rollout.objects.filter(service=service).update(deployment=deployment, state="ready")
