"""Scaling, deployments, forms and hands from several processes at once: the quota holds."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.db import connection

from platform_admin.models import ScalingEvent, Service
from platform_admin.verbs.releases import release
from tests.platform_admin.verbs.decisions import follow
from tests.platform_admin.verbs.operations import NAMES, check
from tests.platform_admin.verbs.rows import make_live
from tests.platform_admin.verbs.world import World, make_world

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES = 4
CHILD = """
import sys, django
django.setup()
from tests.platform_admin.verbs.operations import main
main(sys.argv[1:])
"""
DRIVERS = {"MUSTER_DRIVERS": "raw_exec,docker"}


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A team whose four services together want far more than its quota, all live."""
    monkeypatch.setattr("platform_admin.verbs.queue._send", lambda *_: None)
    made = make_world()
    for name in NAMES:
        follow(made.service(name, minimum=0, maximum=10))
    first = release(made.dana, made.environment)
    for service in Service.objects.all():
        make_live(service, first)
    return made


@pytest.mark.parametrize(
    "operations",
    [
        pytest.param(400, marks=[pytest.mark.full, pytest.mark.timeout(400)]),
        pytest.param(10_000, marks=[pytest.mark.full, pytest.mark.timeout(1800)]),
    ],
)
def test_whatever_is_asked_for_at_once_the_quota_holds(world: World, operations: int) -> None:
    name = connection.settings_dict["NAME"]
    each = str(operations // PROCESSES)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, name, str(world.team.pk), str(seed), each],
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **DRIVERS},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in range(PROCESSES)
    ]
    said = [child.communicate()[0] for child in children]

    assert [child.returncode for child in children] == [0] * PROCESSES
    outcomes = Counter(word for text in said for word in text.split())
    assert sum(outcomes.values()) == operations
    assert {"scaled", "moved", "refused", "set", "rolled", "formed", "taken"} <= set(outcomes)
    check(world.team)
    written = sum(Service.objects.values_list("desired_version", flat=True))
    assert ScalingEvent.objects.exclude(outcome="refused").count() == written
