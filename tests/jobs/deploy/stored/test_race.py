"""Two deployments of the same service at the same moment, with real locks."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from jobs.deploy import stages
from platform_admin.models import Deployment, Rollout
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.releases import release
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.verbs.world import make_world

WITHIN_S = 20


@pytest.mark.django_db(transaction=True)
def test_one_takes_the_service_and_the_other_waits(settings: Settings, tmp_path: Path) -> None:
    settings.MUSTER_STATE = tmp_path
    settings.MUSTER_DRIVERS = ["raw_exec"]
    world = make_world()
    service = world.service("web")
    deployments = []
    for version in ("1", "2"):
        set_variables(world.dana, world.environment, None, {"VERSION": version})
        deployments.append(deploy(world.dana, release(world.dana, world.environment)))
    first, second = deployments

    other = Thread(target=_advance, args=(second.pk,))
    with transaction.atomic():
        stages.advance(first, "one")
        other.start()
        _wait_for_a_lock()
    other.join(WITHIN_S)

    assert Rollout.objects.get(service=service).deployment == first
    second.refresh_from_db()
    assert second.state == Deployment.State.QUEUED
    assert second.waits_for == "Waiting for deployment 1 of the same services."


def _advance(pk: int) -> None:
    try:
        stages.advance(Deployment.objects.get(pk=pk), "two")
    finally:
        connection.close()


def _wait_for_a_lock() -> None:
    """Nothing, once the other one waits for the rollout's row."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            row = cursor.fetchone()
        if row and row[0]:
            return
        time.sleep(0.02)
    raise AssertionError("the other one did not wait for a lock")
