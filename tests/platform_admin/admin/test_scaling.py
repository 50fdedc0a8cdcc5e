from __future__ import annotations

from dataclasses import replace
from datetime import time
from html import unescape

import pytest
from django.utils import timezone

from platform_admin.admin.site import site
from platform_admin.forms.errors import MEANWHILE
from platform_admin.models import SampleHour, ScalingEvent, ScalingPolicy, Shard, Tick
from platform_admin.verbs.policies import policy_fields, save_policy
from scaler.rules.windows import Window
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.admin.scene import Scene, address
from tests.platform_admin.pages.measuring import moved


@pytest.fixture
def event(scene: Scene) -> ScalingEvent:
    return ScalingEvent.objects.create(
        service=scene.web,
        at=timezone.now(),
        origin="policy",
        outcome="held",
        before=2,
        after=2,
        step="quota",
        counts=moved(2, proposal=7, quota=2),
        numbers={"signals": 1.0, "silent": 0.0, "latency_s": 0.2, "p95_s": 0.312, "wanted": 7.0},
    )


def test_an_event_is_listed_with_its_sentence_and_what_became_of_it(
    scene: Scene, event: ScalingEvent
) -> None:
    page = unescape(scene.browser.get(address(ScalingEvent, "changelist")).content.decode())

    assert "Staying at 2: p95 312 ms over 200 ms; wanted 7, quota 2." in page
    assert "held" in page
    assert "the scaler" in page
    assert "1 to 2, by hand." in page


def test_an_events_page_tells_each_step(scene: Scene, event: ScalingEvent) -> None:
    page = unescape(scene.browser.get(address(ScalingEvent, "change", event.pk)).content.decode())

    assert "Proposal          2 to 7    p95 312 ms over 200 ms" in page
    assert "5 held by the quota  (A larger quota, or room that others give back.)" in page


def test_policies_are_listed_with_their_target_and_bounds(scene: Scene) -> None:
    page = scene.browser.get(address(ScalingPolicy, "changelist")).content.decode()

    assert "p95 within 500 ms" in page
    assert "1 to 5" in page


def test_a_schedule_is_told_in_words_and_saving_leaves_its_windows(scene: Scene) -> None:
    policy = ScalingPolicy.objects.get(service=scene.web)
    windows = (Window("Weekdays", (0, 1, 2, 3, 4), start=time(8), end=time(18), least=2),)
    save_policy(scene.world.dana, scene.web, replace(policy_fields(policy), windows=windows))
    url = address(ScalingPolicy, "change", policy.pk)

    page = scene.browser.get(url).content.decode()
    assert "Weekdays: Mon to Fri, 08:00 to 18:00, at least 2" in page
    assert "on the service&#x27;s Scaling page" in page or "on the service's Scaling page" in page
    sent = form_with(page, "latency_ms") | {"time_zone": "Europe/Berlin", "latency_ms": "321"}
    assert scene.browser.post(url, sent).status_code == 302

    saved = policy_fields(ScalingPolicy.objects.get(service=scene.web))
    assert (saved.windows, saved.time_zone, saved.latency_ms) == (windows, "Europe/Berlin", 321)


def test_what_is_only_measured_is_no_page_of_the_admin() -> None:
    assert {Tick, SampleHour, Shard}.isdisjoint(site._registry)


def test_a_policy_that_somebody_changed_meanwhile_is_not_overwritten_unsaid(scene: Scene) -> None:
    page, policy = _open(scene)
    opened = form_with(scene.browser.get(page).content.decode(), "latency_ms")
    fields = policy_fields(policy)
    save_policy(scene.world.dana, policy.service, replace(fields, latency_ms=300))

    refused = scene.browser.post(page, opened | {"latency_ms": "250"})
    policy.refresh_from_db()
    said = unescape(refused.content.decode())

    assert policy.latency_ms == 300
    assert "Somebody changed this meanwhile, from 500 to 300: save again" in said
    assert MEANWHILE in said
    again = scene.browser.post(page, form_with(said, "latency_ms"))
    policy.refresh_from_db()
    assert again.status_code == 302
    assert policy.latency_ms == 250


def test_another_field_that_somebody_changed_meanwhile_is_named_too(scene: Scene) -> None:
    page, policy = _open(scene)
    opened = form_with(scene.browser.get(page).content.decode(), "latency_ms")
    save_policy(scene.world.dana, policy.service, replace(policy_fields(policy), up_window_s=77))

    refused = scene.browser.post(page, opened | {"latency_ms": "250"})

    policy.refresh_from_db()
    assert policy.up_window_s == 77
    assert list(refused.context["adminform"].form.errors) == ["up_window_s", "__all__"]


def _open(scene: Scene) -> tuple[str, ScalingPolicy]:
    """The page of the web service's policy, and the policy."""
    policy = ScalingPolicy.objects.get(service=scene.web)
    return address(ScalingPolicy, "change", policy.pk), policy
