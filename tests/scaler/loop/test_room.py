"""Where there is no room: a team's quota goes by priority, and no place by waiting for one."""

from __future__ import annotations

from datetime import timedelta

from platform_admin.models import (
    Quota,
    ScalingEvent,
    Service,
)
from platform_admin.verbs.desired import set_desired
from tests.scaler.loop.scene import Scene, queued, served

LATE = served(20.0, 1.4)


def test_a_worker_that_grew_first_gives_way_to_web(scene: Scene) -> None:
    scene.service()
    scene.worker()
    Quota.objects.update(instances=8)
    scene.says(web=served(20.0, 0.1), worker=queued(2000.0, oldest_s=40.0))
    scene.turns(3)
    assert scene.desired("worker") == 7

    scene.says(web=LATE)
    grown = scene.turns(4)
    assert grown[-1] > 1
    assert scene.desired("worker") == 8 - grown[-1]
    said = ScalingEvent.objects.filter(service__name="worker", step="quota").latest("pk")
    assert said.after < said.before


def test_a_shortage_goes_by_priority_and_is_told(scene: Scene) -> None:
    scene.service()
    scene.worker()
    Quota.objects.update(instances=5)
    scene.says(web=served(20.0, 0.4), worker=queued(2000.0, oldest_s=40.0))
    scene.turn()
    assert scene.desired("worker") == 4

    scene.says(web=LATE)
    scene.turns(2)
    assert sum(Service.objects.values_list("desired", flat=True)) == 5
    assert ScalingEvent.objects.filter(service__name="worker", step="quota").exists()


def test_while_instances_wait_for_a_place_no_more_are_asked_for(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 3)
    scene.settle()
    scene.now += timedelta(seconds=60)
    Service.objects.get().instances.filter(number=2).delete()
    scene.world.cell.__class__.objects.update(observed_at=scene.now)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") == 3
    assert ScalingEvent.objects.latest("pk").step == "placement"


def test_an_instance_that_failed_under_load_does_not_stop_growth(scene: Scene) -> None:
    web = scene.service()
    set_desired(scene.world.dana, web, 3)
    scene.settle()
    scene.now += timedelta(seconds=60)
    failed = Service.objects.get().instances.filter(number=2)
    failed.update(ended=True, healthy=False, client_status="failed", seen_at=scene.now)
    scene.world.cell.__class__.objects.update(observed_at=scene.now)
    scene.says(web=LATE)
    scene.turn()

    assert scene.desired("web") > 3
    assert not ScalingEvent.objects.filter(step="placement").exists()
