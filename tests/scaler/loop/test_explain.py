from __future__ import annotations

from platform_admin.models import ScalingEvent, Service, Tick
from scaler.loop.explain import explained
from scaler.rules.words import sentence
from tests.scaler.loop.scene import Scene, served


def test_before_there_is_a_sample_there_is_nothing_to_explain(scene: Scene) -> None:
    assert explained(scene.service()) is None


def test_a_service_that_stays_says_why(scene: Scene) -> None:
    web = scene.service()
    scene.service("api")
    scene.says(web=served(20.0, 0.2))
    scene.turns(2)
    found = explained(web, scene.now)

    assert found is not None
    assert (found.start, found.end) == (1, 1)
    assert sentence(found) == "Staying at 1: p95 200 ms of 500 ms, 20 requests/s."


def test_explaining_changes_nothing(scene: Scene) -> None:
    web = scene.service()
    scene.says(web=served(20.0, 1.4))
    scene.sample()
    found = explained(web, scene.now)

    assert found is not None
    assert found.end > 1
    assert Service.objects.get().desired_version == 0
    assert not ScalingEvent.objects.exists()
    assert Tick.objects.get().decided_at is None
