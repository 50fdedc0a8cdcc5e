from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from platform_admin.demo.run.watch import counts, decisions, use
from platform_admin.models import Instance, ScalingEvent, ScalingPolicy, Service
from scaler.rules.steps import STEPS
from tests.platform_admin.verbs.world import World, make_world


@pytest.fixture
def world(db: None, tmp_path: Path, settings: Settings) -> World:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    return make_world()


def instance(service: Service, number: int, **fields: object) -> None:
    values: dict[str, object] = {"healthy": True, "draining": False, "ended": False, **fields}
    Instance.objects.create(
        allocation=f"allocation-{number}",
        cell=service.environment.cell,
        environment=service.environment,
        service=service,
        job=f"{service.slug}-blue",
        number=number,
        node="here",
        desired_status="run",
        client_status="running",
        seen_at=timezone.now(),
        **values,
    )


def event(service: Service, after: int, cut: int | None = None) -> None:
    """A decision of the scaler from 2 to `after`, which the quota cut from `cut`."""
    wanted = after if cut is None else cut
    steps = [2 if step in ("desired", "freshness") else wanted for step in STEPS]
    place = STEPS.index("quota")
    ScalingEvent.objects.create(
        service=service,
        at=timezone.now(),
        origin=ScalingEvent.Origin.POLICY,
        before=2,
        after=after,
        counts=[*steps[:place], *[after] * (len(STEPS) - place)],
        numbers={"signals": 1.0, "p95_s": 0.312, "latency_s": 0.2, "latency_wanted": wanted},
    )


def test_only_healthy_instances_that_stay_count(world: World) -> None:
    service = world.service(minimum=2)
    for number, fields in enumerate(({}, {"healthy": False}, {"draining": True}, {"ended": True})):
        instance(service, number, **fields)

    [found] = counts(world.environment)
    assert (found.service, found.desired, found.healthy) == ("web", 2, 1)
    assert (found.minimum, found.maximum) == (2, 5)


def test_the_use_of_the_quota_is_that_of_the_whole_team(world: World) -> None:
    world.service(minimum=2)
    world.redis()

    found = use(world.environment)
    assert (found.desired, found.quota) == (3, 10)
    # A fifth of ten instances is for deployments.
    assert found.limit == 12


def test_a_decision_names_the_metric_that_asked_for_it(world: World) -> None:
    since = timezone.now() - timedelta(seconds=1)
    service = world.service()
    event(service, after=5)
    ScalingPolicy.objects.update(metric="rate", metric_target=5.0)
    numbers = {"signals": 1.0, "wanted": 5.0, "metric_0_wanted": 5.0, "metric_0": 25.0}
    ScalingEvent.objects.update(numbers=numbers | {"metric_0_target": 5.0})

    [found] = decisions(world.environment, since)
    assert "requests a second 25, target 5" in found.words


def test_a_decision_is_told_in_the_scalers_own_words(world: World) -> None:
    since = timezone.now() - timedelta(seconds=1)
    event(world.service(), after=5)

    [found] = decisions(world.environment, since)
    assert found.words.startswith("2 to 5: p95 312 ms over 200 ms")
    assert (found.before, found.after, found.by_quota) == (2, 5, False)


def test_what_the_quota_cut_is_known_as_that(world: World) -> None:
    since = timezone.now() - timedelta(seconds=1)
    event(world.service(), after=2, cut=7)

    [found] = decisions(world.environment, since)
    assert (found.quota, found.by_quota) == ((7, 2), True)
    assert "quota 2" in found.words


def test_what_another_hand_did_has_its_reason(world: World) -> None:
    ScalingEvent.objects.create(
        service=world.service(),
        at=timezone.now(),
        origin=ScalingEvent.Origin.OUTSIDE,
        before=1,
        after=3,
        reason="changed in Nomad",
    )

    [found] = decisions(world.environment, timezone.now() - timedelta(minutes=1))
    assert (found.words, found.quota) == ("changed in Nomad", None)
