"""What instances hold is written for the pages: of the live release, where it moved, in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from platform_admin.models import ScalingPolicy, ServiceLimits
from scaler.loop import warm
from tests.scaler.loop.scene import IDLE, Scene, served

A_MINUTE = 6
"""Turns."""


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """Nothing is warm from another test, or for one."""
    warm.forget()
    yield
    warm.forget()


def minutes(scene: Scene, many: int = 1) -> None:
    for _ in range(many * A_MINUTE):
        scene.turn()


def written() -> list[tuple[int, float | None, float]]:
    """Release, requests a second and confidence of each row."""
    rows = ServiceLimits.objects.order_by("release")
    return list(rows.values_list("release", "holds", "confidence"))


@pytest.mark.parametrize(("strategy", "holds"), [("fixed", 20.0), ("learned", 25.0)])
def test_what_an_instance_holds_is_written_within_a_minute(
    scene: Scene, strategy: str, holds: float
) -> None:
    scene.service(minimum=1, maximum=1)
    ScalingPolicy.objects.update(strategy=strategy)
    scene.says(web=served(20.0, 0.1))
    minutes(scene, 2)
    [(release, held, sure)] = written()
    assert (release, held) == (1, holds)
    assert 0 < sure < 1


@pytest.mark.full
def test_only_what_moved_is_written_again(scene: Scene) -> None:
    scene.service(minimum=1, maximum=1)
    scene.says(web=served(20.0, 0.1))
    minutes(scene, 2)
    ServiceLimits.objects.update(holds=20.5, confidence=0.95)
    minutes(scene)
    assert written() == [(1, 20.5, 0.95)]

    ServiceLimits.objects.update(holds=22.0)
    minutes(scene)
    assert written()[0][1] == 20.0
    ServiceLimits.objects.update(confidence=0.8)
    minutes(scene)
    assert written()[0][2] > 0.95


@pytest.mark.full
def test_a_new_release_has_no_row_until_something_is_known_of_it(scene: Scene) -> None:
    scene.service(minimum=1, maximum=1)
    scene.says(web=served(20.0, 0.1))
    minutes(scene, 2)
    scene.release()
    scene.says(web=IDLE)
    minutes(scene, 2)
    assert [row[0] for row in written()] == [1]

    scene.says(web=served(20.0, 0.1))
    minutes(scene, 2)
    assert [row[:2] for row in written()] == [(1, 20.0), (2, 20.0)]


def test_a_worker_holds_no_requests(scene: Scene) -> None:
    scene.worker()
    minutes(scene, 2)
    assert written() == []
