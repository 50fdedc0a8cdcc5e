from __future__ import annotations

import logging
from datetime import timedelta

import numpy as np
import pytest

from platform_admin.models import SHARDS, Cell, Team, Tick
from scaler.samples.series import SERIES
from scaler.samples.ticks import sample_of
from tests.scaler.loop.scene import IDLE, INTERVAL, Scene, served


def figures(row: Tick, name: str) -> list[float]:
    sample = sample_of(row)
    found: list[float] = sample.table[SERIES.index(name)].tolist()
    return found


def test_a_sample_is_a_row_for_each_shard_with_services(scene: Scene) -> None:
    web, api = scene.service(), scene.service("api")
    scene.says(web=served(20.0, 0.2), api=IDLE)

    assert scene.sample() == (scene.shard.pk,)
    row = Tick.objects.get()
    assert (row.shard, row.at, row.decided_at) == (scene.shard, scene.now, None)
    assert sample_of(row).services.tolist() == [web.pk, api.pk]
    assert figures(row, "rate") == [20.0, 0.0]
    for name in ("desired", "running", "healthy", "placed"):
        assert figures(row, name) == [1, 1]
    assert figures(row, "ready_age_s") == [0.0, 0.0]
    assert np.isnan(figures(row, "waiting")).all()
    assert scene.enqueued == [("scaler.loop.tick.tick", [scene.shard.pk])]


def test_of_two_samples_in_an_interval_one_measures(scene: Scene) -> None:
    scene.service()
    assert scene.sample()
    scene.now += timedelta(seconds=1)
    assert scene.sample() == ()

    scene.now += INTERVAL - timedelta(seconds=2)
    assert scene.sample()
    assert Tick.objects.count() == 2


@pytest.mark.parametrize("lie", [float("nan"), -1.0, float("inf"), 1e12])
def test_what_can_not_be_true_is_unknown(scene: Scene, lie: float) -> None:
    scene.service()
    scene.says(web=served(lie, 0.2))
    scene.sample()

    assert np.isnan(figures(Tick.objects.get(), "rate")).all()
    assert figures(Tick.objects.get(), "p95_s") == [pytest.approx(0.2)]


def test_without_an_observation_the_instances_are_unknown(scene: Scene) -> None:
    scene.service()
    Cell.objects.update(observed_at=None)
    scene.sample()

    assert np.isnan(figures(Tick.objects.get(), "healthy")).all()


def test_what_fails_is_one_line_and_one_row_until_it_changes(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("web", "api", "more"):
        scene.service(name)
    scene.source.failures = ("no edge passes in Consul",)
    with caplog.at_level(logging.WARNING, "scaler"):
        for _ in range(5):
            scene.turn()
        assert Cell.objects.get().sampling_error == "told: no edge passes in Consul"
        scene.source.failures = ()
        scene.turn()

    assert Cell.objects.get().sampling_error == ""
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "told: no edge passes in Consul",
        "everything is measured again",
    ]


def test_teams_are_spread_over_the_shards(scene: Scene) -> None:
    scene.service()
    assert scene.shard.number == Team.objects.get(slug="demo").pk % SHARDS


def test_a_cell_without_services_has_nothing_to_decide(scene: Scene) -> None:
    assert scene.sample() == ()
    assert not Tick.objects.exists()
