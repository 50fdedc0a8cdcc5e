"""Rows that were written before there was a step for schedules, read by ticks of today."""

from __future__ import annotations

import numpy as np
import pytest

from platform_admin.models import Tick
from platform_admin.verbs.desired import set_desired
from scaler.loop.memory import remembered
from scaler.loop.policies import policies
from scaler.loop.state import of_shards
from scaler.rules.steps import STEPS
from tests.scaler.loop.scene import IDLE, Scene, served

SCHEDULE = STEPS.index("schedule")


def written_before() -> None:
    """Every row as it would have been written then: a count less, and later steps a place less."""
    for row in Tick.objects.filter(decided_at__isnull=False):
        told = np.frombuffer(row.told or b"", "<i1")
        assert SCHEDULE not in told
        counts = np.frombuffer(row.counts or b"", "<i2").reshape(len(STEPS), len(told))
        Tick.objects.filter(pk=row.pk).update(
            counts=np.delete(counts, SCHEDULE, axis=0).tobytes(),
            told=np.where(told > SCHEDULE, told - 1, told).astype("<i1").tobytes(),
        )


@pytest.mark.full
def test_a_window_that_began_before_goes_on(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=IDLE)
    before = scene.turns(15)
    written_before()
    counts = before + scene.turns(20)

    assert counts[28] == 4
    assert counts[-1] == 1


def test_the_reason_that_was_told_is_known_by_its_name(scene: Scene) -> None:
    web = scene.service(maximum=2)
    set_desired(scene.world.dana, web, 2)
    scene.settle()
    scene.says(web=served(80.0, 0.6))
    scene.turns(4)
    written_before()

    shards = [scene.shard]
    state = of_shards(shards)
    _, last = remembered(shards, state, policies(shards[0].pk, state), scene.now)
    assert [STEPS[place] for place in last.told] == ["bounds"]
    assert last.count.tolist() == [2]
