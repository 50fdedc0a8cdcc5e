"""The example's metrics silenced on purpose: unknown, so nothing is scaled in; and then again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from pytest_django import Settings

from platform_admin.models import Service, Tick
from platform_admin.rules.faults import Kind
from platform_admin.verbs.faults import begin_fault
from scaler.samples.series import SERIES
from scaler.samples.ticks import sample_of
from tests.scaler.loop.scene import IDLE, Scene, served


@pytest.fixture(autouse=True)
def allowed(settings: Settings) -> None:
    settings.MUSTER_FAULTS = True


def silence(scene: Scene) -> None:
    """The web of the example says nothing from now on, for a minute."""
    web = scene.world.environment.services.get(name="web")
    begin_fault(scene.world.dana, web, Kind.SILENCE, scene.now)


def last(name: str) -> list[float]:
    """A series of the newest sample."""
    found: list[float] = sample_of(Tick.objects.latest("at")).table[SERIES.index(name)].tolist()
    return found


def test_nothing_from_the_edge_is_known_and_all_else_is(scene: Scene) -> None:
    scene.service()
    scene.says(web=served(20.0, 0.2))
    silence(scene)

    scene.sample()

    for name in ("rate", "errors", "fallback", "p95_s", "mean_s", "concurrency", "open"):
        assert np.isnan(last(name)).all(), name
    assert (last("desired"), last("healthy")) == ([1], [1])


def test_it_ends_by_itself(scene: Scene) -> None:
    scene.service()
    scene.says(web=served(20.0, 0.2))
    silence(scene)

    scene.now += timedelta(seconds=59)
    scene.sample()
    assert np.isnan(last("rate")).all()

    scene.now += timedelta(seconds=10)
    scene.sample()
    assert last("rate") == [20.0]


def test_the_other_teams_app_is_read_as_ever(scene: Scene) -> None:
    scene.service()
    other = scene.of_others()
    scene.says(web=served(20.0, 0.2), blog=served(7.0, 0.2))
    silence(scene)

    scene.sample()

    rows = {row.shard_id: sample_of(row) for row in Tick.objects.all()}
    [found] = [each for each in rows.values() if other.pk in each.services.tolist()]
    assert found.table[SERIES.index("rate")].tolist() == [7.0]


def test_without_the_setting_nothing_is_silent(scene: Scene, settings: Settings) -> None:
    scene.service()
    scene.says(web=served(20.0, 0.2))
    silence(scene)
    settings.MUSTER_FAULTS = False

    scene.sample()

    assert last("rate") == [20.0]


def test_while_it_is_silent_nothing_is_scaled_in(scene: Scene) -> None:
    scene.service()
    Service.objects.update(desired=4, desired_at=scene.now - timedelta(hours=1))
    scene.settle()
    scene.says(web=IDLE)
    silence(scene)

    held = scene.turns(6)
    later = scene.turns(40)

    assert held == [4] * 6
    assert later[-1] < 4
