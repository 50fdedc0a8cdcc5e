"""Down only when a whole window agrees, whatever is missing in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from platform_admin.verbs.desired import set_desired
from tests.scaler.loop.scene import IDLE, NO_JOBS, Scene, queued


def test_a_service_comes_down_once_its_window_agrees(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web=IDLE)
    counts = scene.turns(35)

    assert counts[28] == 4
    assert counts[-1] == 1


@pytest.mark.full
def test_a_reading_that_is_missing_now_and_then_does_not_keep_it_up(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    for turn in range(35):
        scene.says(web={} if turn % 5 == 4 else IDLE)
        scene.turn()

    assert scene.desired("web") == 1


@pytest.mark.full
def test_after_a_long_silence_a_whole_window_has_to_agree(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 4)
    scene.settle()
    scene.says(web={})
    scene.turns(60)
    scene.says(web=IDLE)

    assert scene.turns(26)[-1] == 4
    assert scene.turns(4)[-1] == 1


@pytest.mark.full
@pytest.mark.parametrize("quiet_s", [120, 305, 3600])
def test_after_a_gap_a_whole_window_has_to_agree(scene: Scene, quiet_s: int) -> None:
    scene.service()
    worker = scene.worker()
    set_desired(scene.world.dana, worker, 4)
    scene.settle()
    scene.says(web=IDLE, worker=queued(200.0, oldest_s=5.0))
    scene.turns(12)
    before = scene.desired("worker")
    scene.now += timedelta(seconds=quiet_s)
    scene.settle()
    scene.says(worker=NO_JOBS)

    counts = []
    for _ in range(8):
        scene.turn()
        counts.append(scene.desired("worker"))
    assert before >= 4
    assert counts[:5] == [before] * 5
    assert counts[-1] == 1


@pytest.mark.full
def test_while_nothing_is_known_of_the_instances_nothing_goes_down(scene: Scene) -> None:
    worker = scene.worker()
    set_desired(scene.world.dana, worker, 4)
    scene.settle()
    scene.says(worker=NO_JOBS)
    for _ in range(40):
        scene.turn(settles=False)

    assert scene.desired("worker") == 4
