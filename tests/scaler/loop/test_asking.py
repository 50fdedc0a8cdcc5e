from __future__ import annotations

import numpy as np

from scaler.loop.asking import cellful
from tests.scaler.loop.scene import Scene, queued


def test_a_queue_is_asked_about_with_the_run_time_that_was_told_last(scene: Scene) -> None:
    scene.service()
    scene.worker()
    scene.says(worker=queued(3.0))
    scene.turn()

    asked = cellful(scene.world.cell.pk, scene.now.timestamp()).asked
    told = dict(zip(asked.slugs, asked.service_s, strict=True))
    assert told["shop-production-worker"] == 1.0
    assert np.isnan(told["shop-production-web"])


def test_without_a_queue_no_tick_is_asked_for_its_run_time(scene: Scene) -> None:
    scene.service()
    scene.turn()

    assert cellful(scene.world.cell.pk, scene.now.timestamp()).asked.service_s == ()
