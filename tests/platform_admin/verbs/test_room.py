from __future__ import annotations

from typing import Any

import pytest

from jobs.document import read
from platform_admin.models import Quota, Service
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.releases import release
from platform_admin.verbs.room import never_fits
from platform_admin.verbs.runs import run_once
from platform_admin.verbs.services import change_service
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World


@pytest.mark.parametrize(
    ("was", "becomes", "limit", "fits"),
    [
        ({"memory_mb": 128}, {"memory_mb": 512}, {"memory_mb": 600}, True),
        ({"memory_mb": 128}, {"memory_mb": 512}, {"memory_mb": 500}, False),
        ({"memory_mb": 512}, {"memory_mb": 128}, {"memory_mb": 500}, False),
        ({"cpu_mhz": 100}, {"cpu_mhz": 500}, {"cpu_mhz": 400}, False),
        ({"cpu_mhz": 500}, {"cpu_mhz": 100}, {"cpu_mhz": 400}, False),
    ],
)
def test_a_deployment_is_measured_at_the_larger_of_what_runs_and_what_comes(
    world: World,
    was: dict[str, Any],
    becomes: dict[str, Any],
    limit: dict[str, int],
    fits: bool,
) -> None:
    service: Service = world.service(**was)
    make_live(service, release(world.dana, world.environment))
    change_service(world.dana, service, world.fields(**becomes))
    deployment = deploy(world.dana, release(world.dana, world.environment))
    Quota.objects.update(**limit)
    document = read(deployment.release.document)
    assert (never_fits(deployment, document) is None) == fits


def test_a_run_that_is_under_way_is_no_reason_to_give_up(world: World) -> None:
    worker = world.worker()
    make_live(worker, release(world.dana, world.environment))
    run_once(world.dana, worker, "sleep 9")
    fields = world.fields("worker", kind="worker", port=None, command="python3 other.py")
    change_service(world.dana, worker, fields)
    deployment = deploy(world.dana, release(world.dana, world.environment))
    Quota.objects.update(instances=1, surge_percent=0)
    assert never_fits(deployment, read(deployment.release.document)) is None
