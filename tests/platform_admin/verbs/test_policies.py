from __future__ import annotations

import pytest

from platform_admin.models import AuditEvent, Cell, ScalingPolicy, Shard
from platform_admin.rules.policy import PolicyFields
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.cells import make_cell
from platform_admin.verbs.errors import Denied, Invalid, Unknown
from platform_admin.verbs.policies import (
    pause_scaling,
    policy_fields,
    resume_scaling,
    save_policy,
)
from platform_admin.verbs.services import change_service
from tests.platform_admin.verbs.world import World

GOOD = PolicyFields(mode="on", latency_ms=200)


def test_a_new_service_has_its_kinds_policy_and_changes_nothing_yet(world: World) -> None:
    web, worker = world.service(), world.worker()

    assert (web.policy.mode, web.policy.latency_ms, web.policy.drain_s) == ("shadow", 500, None)
    assert (worker.policy.latency_ms, worker.policy.drain_s) == (None, 60)
    assert worker.policy.down_window_s == 60


def test_a_service_that_changes_its_kind_gets_that_kinds_policy(world: World) -> None:
    web = world.service()
    changed = world.fields(kind="worker", port=None, health_path="")
    change_service(world.dana, web, changed)

    policy = ScalingPolicy.objects.get()
    assert (policy.latency_ms, policy.drain_s, policy.version) == (None, 60, 2)


def test_saving_counts_the_version_and_is_audited(world: World) -> None:
    web = world.service()
    policy = save_policy(world.dev, web, GOOD)

    assert policy_fields(ScalingPolicy.objects.get()) == GOOD
    assert policy.version == 2
    audit = AuditEvent.objects.get(verb="save policy")
    assert audit.before == {"mode": "shadow", "latency_ms": 500}
    assert audit.after == {"mode": "on", "latency_ms": 200}


def test_saving_the_same_again_changes_nothing(world: World) -> None:
    web = world.service()
    save_policy(world.dana, web, GOOD)

    assert save_policy(world.dana, web, GOOD).version == 2
    assert AuditEvent.objects.filter(verb="save policy").count() == 1


def test_errors_stand_at_their_field(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        save_policy(world.dana, world.service(), PolicyFields(latency_ms=0, queue="orders"))

    assert set(caught.value.errors) == {"latency_ms", "queue"}
    assert "from 0.001 to" in caught.value.errors["latency_ms"][0]
    assert ScalingPolicy.objects.get().version == 1


def test_a_paused_policy_keeps_its_mode_and_is_resumed(world: World) -> None:
    web = world.service()
    save_policy(world.dana, web, GOOD)
    paused = pause_scaling(world.dev, web)
    assert (paused.paused, paused.mode, paused.version) == (True, "on", 3)
    assert paused.paused_at is not None
    assert pause_scaling(world.dev, web).version == 3

    assert resume_scaling(world.dev, web).version == 4
    assert not ScalingPolicy.objects.get().paused
    assert AuditEvent.objects.filter(verb__in=("pause scaling", "resume scaling")).count() == 2


def test_who_may_only_look_changes_nothing(world: World) -> None:
    web = world.service()
    with pytest.raises(Denied):
        save_policy(world.vera, web, GOOD)
    with pytest.raises(Unknown):
        pause_scaling(world.ella, web)
    with pytest.raises(Denied):
        resume_scaling(world.vera, web)


def test_a_cell_has_its_shards_once(db: None) -> None:
    for _ in range(2):
        make_cell(SYSTEM, "local")

    numbers = Shard.objects.filter(cell=Cell.objects.get()).values_list("number", flat=True)
    assert sorted(numbers) == list(range(16))
