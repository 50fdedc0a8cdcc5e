"""A policy's schedule: saved with it, and at peace with the service's bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from platform_admin.models import AuditEvent, ScalingPolicy
from platform_admin.rules.policy import PolicyFields, told
from platform_admin.verbs.errors import Denied, Invalid
from platform_admin.verbs.policies import policy_fields, save_policy
from platform_admin.verbs.services import change_bounds, change_service, validate_service
from platform_admin.verbs.stale import Stale
from scaler.rules.windows import Window
from tests.platform_admin.verbs.world import World

DAY = Window("Weekdays", (0, 1, 2, 3, 4), start=time(8), end=time(18), least=3)
WITH = PolicyFields(latency_ms=500, windows=(DAY,), time_zone="Europe/Berlin")


def test_a_schedule_is_saved_with_the_policy_and_audited_in_words(world: World) -> None:
    policy = save_policy(world.dev, world.service(maximum=5), WITH)

    assert policy_fields(ScalingPolicy.objects.get()) == WITH
    assert policy.version == 2
    audit = AuditEvent.objects.get(verb="save policy")
    assert audit.before == {"windows": "", "time_zone": ""}
    assert audit.after == {
        "windows": "Weekdays: Mon to Fri, 08:00 to 18:00, at least 3",
        "time_zone": "Europe/Berlin",
    }


def test_who_may_not_scale_may_not_change_it(world: World) -> None:
    web = world.service(maximum=5)
    with pytest.raises(Denied):
        save_policy(world.vera, web, WITH)


def test_a_floor_above_the_maximum_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        save_policy(world.dana, world.service(maximum=2), WITH)
    assert list(caught.value.errors) == ["windows.0.least"]


def test_who_did_not_see_anothers_schedule_does_not_undo_it(world: World) -> None:
    web = world.service(maximum=5)
    seen = told(policy_fields(web.policy))
    save_policy(world.dev, web, WITH)

    mine = replace(WITH, windows=(), latency_ms=200, time_zone="")
    with pytest.raises(Stale) as caught:
        save_policy(world.dana, web, mine, seen=seen)
    assert caught.value.now == {
        "windows": "Weekdays: Mon to Fri, 08:00 to 18:00, at least 3",
        "time_zone": "Europe/Berlin",
    }


def test_a_maximum_below_a_scheduled_floor_is_refused_with_its_name(world: World) -> None:
    web = world.service(maximum=5)
    save_policy(world.dana, web, WITH)
    lower = world.fields(maximum=2)

    assert list(validate_service(world.dana, world.environment, lower, web)) == ["maximum"]
    with pytest.raises(Invalid) as caught:
        change_bounds(world.dana, web, 1, 2)
    assert "The schedule Weekdays asks for at least 3" in caught.value.errors["maximum"][0]
    with pytest.raises(Invalid):
        change_service(world.dana, web, lower)


def test_bounds_are_held_against_the_schedule_that_is_saved_with_them(world: World) -> None:
    web = world.service(maximum=5)
    save_policy(world.dana, web, WITH)

    assert change_bounds(world.dana, web, 1, 2, windows=()).maximum == 2


def test_a_service_that_changes_its_kind_keeps_its_schedule(world: World) -> None:
    web = world.service(maximum=5)
    save_policy(world.dana, web, WITH)
    fields = world.fields(kind="worker", port=None, health_path="", maximum=5)
    change_service(world.dana, web, fields)

    kept = policy_fields(ScalingPolicy.objects.get())
    assert (kept.windows, kept.time_zone, kept.drain_s) == ((DAY,), "Europe/Berlin", 60)
