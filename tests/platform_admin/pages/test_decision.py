"""Why a service has its count: the sentence, the steps, and what people may do about it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from platform_admin.models import AuditEvent, Cell, ScalingEvent, ScalingPolicy, Service
from platform_admin.pages.decision import decision
from platform_admin.verbs.policies import pause_scaling
from platform_admin.verbs.scaling import Decided, note
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import (
    WEB,
    at_rest,
    before_schedules,
    moved,
    tick,
    unproposed,
)
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/web/"
GREW = moved(2, proposal=7, rate=6, quota=5)
NUMBERS = {
    "signals": 1.0,
    "silent": 0.0,
    "latency_s": 0.2,
    "latency_wanted": 7.0,
    "wanted": 7.0,
    "p95_s": 0.312,
    "rate_up": 6.0,
    "up_window_s": 0.0,
    "down_window_s": 300.0,
    "minimum": 1.0,
    "maximum": 10.0,
}
SENTENCE = "2 to 5: p95 312 ms over 200 ms; wanted 7, rate limit 6, quota 5."


@pytest.fixture
def web(site: Site) -> Service:
    service = site.service()
    site.live(service)
    ScalingPolicy.objects.filter(service=service).update(mode="on")
    return service


def decide(
    service: Service,
    counts: tuple[int, ...] = GREW,
    outcome: str = ScalingEvent.Outcome.APPLIED,
    ago_s: int = 40,
) -> ScalingEvent:
    """A decision as the loop stores it."""
    decided = Decided(
        service=service.pk,
        version=0,
        policy_version=1,
        before=counts[0],
        count=counts[-1],
        step="quota",
        counts=counts,
        numbers=NUMBERS,
    )
    note([decided], outcome, timezone.now() - timedelta(seconds=ago_s))
    return ScalingEvent.objects.latest("pk")


def why(site: Site, address: str = PAGE) -> str:
    """The card that says why, as HTML."""
    page = site.bob.browser.get(address).content.decode()
    return unescape(page.split('id="why-title"')[1].split("</section>")[0])


def test_the_last_decision_is_a_sentence_with_its_age(
    site: Site, web: Service, clock: Clock
) -> None:
    decide(web)

    assert SENTENCE in why(site)
    assert ">40 s ago</time>" in why(site)


def test_it_opens_without_javascript_to_its_steps_with_what_they_used(
    site: Site, web: Service
) -> None:
    decide(web)

    shown = why(site)
    rows = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in shown.split("<tr")[2:]]

    assert "<details" in shown
    assert "<summary>" in shown
    assert len(rows) == 13
    assert 'class="moved"> Rate 7 → to 6 up to 6 now A new period, or a higher rate.' in rows[5]
    assert "Quota 6 → to 5 1 held by the quota A larger quota" in rows[11]
    assert "Rollout 5 nothing rolls" in rows[12]


def test_holding_is_explained_too(site: Site, web: Service) -> None:
    decide(web, moved(2, proposal=7, quota=2), ScalingEvent.Outcome.HELD)

    shown = why(site)

    assert "Staying at 2: p95 312 ms over 200 ms; wanted 7, quota 2." in shown
    assert "</time>, held" in shown


def test_what_was_only_recorded_says_so(site: Site, web: Service) -> None:
    ScalingPolicy.objects.filter(service=web).update(mode="shadow")
    decide(web, outcome=ScalingEvent.Outcome.SHADOW)

    assert "shadow: only recorded" in why(site)
    assert "</time>, only recorded" in why(site)


def test_a_service_that_is_as_it_should_be_says_so_from_its_newest_readings(
    site: Site, web: Service
) -> None:
    decide(web)
    tick(timezone.now() - timedelta(seconds=5), [web], WEB, at_rest(5))

    shown = why(site)

    assert "Staying at 5: p95 84 ms of 500 ms, 12 requests/s." in shown
    assert shown.index("Staying at 5") < shown.index("Before that:") < shown.index(SENTENCE)


def test_readings_that_are_missing_are_a_reason_to_stay(site: Site, web: Service) -> None:
    tick(timezone.now(), [web], {"healthy": 1.0}, at_rest(3))

    assert "Staying at 3: nothing is known of its load for 60 min." in why(site)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("rate", "requests a second 12, target 20 for each instance."),
        ("concurrency", "requests in flight 0.6, target 20 for each instance."),
    ],
)
def test_a_service_that_follows_a_metric_alone_is_told_by_it(
    site: Site, web: Service, metric: str, said: str
) -> None:
    ScalingPolicy.objects.update(latency_ms=None, metric=metric, metric_target=20.0)
    tick(timezone.now(), [web], {**WEB, "concurrency": 0.6}, at_rest(1))

    assert f"Staying at 1: {said}" in why(site)


def test_a_metric_that_is_not_read_is_unknown(site: Site, web: Service) -> None:
    ScalingPolicy.objects.update(latency_ms=None, metric="concurrency", metric_target=20.0)
    tick(timezone.now(), [web], WEB, at_rest(1))

    assert "Staying at 1: nothing is known of its load" in why(site)


def of_metric(service: Service, version: int = 1, target: float = 5.0, stored: str = "") -> str:
    """The sentence of a decision that a metric asked for, under a policy's version."""
    event = decide(service, moved(2, proposal=4))
    numbers = {"signals": 1.0, "wanted": 4.0, "metric_0_wanted": 4.0, "metric_0": 20.0}
    event.numbers = (
        numbers
        | {"metric_0_target": target, "metric_0_total": 1.0}
        | ({stored: 1.0} if stored else {})
    )
    event.policy_version = version
    event.save()
    return decision(ScalingEvent.objects.get(pk=event.pk)).sentence


@pytest.mark.parametrize(
    ("metric", "name"), [("rate", "requests a second"), ("concurrency", "requests in flight")]
)
def test_the_metric_that_decided_is_named(web: Service, metric: str, name: str) -> None:
    ScalingPolicy.objects.update(metric=metric, metric_target=5.0)

    assert of_metric(web) == f"2 to 4: {name} 20, target 5 for each instance."


@pytest.mark.parametrize(
    ("version", "target", "name"),
    [
        (1, 5.0, "requests a second"),
        (2, 5.0, "requests a second"),
        (1, 6.0, "its metric"),
        (2, 6.0, "requests a second"),
    ],
)
def test_a_metric_that_may_have_been_another_one_is_not_named(
    web: Service, version: int, target: float, name: str
) -> None:
    ScalingPolicy.objects.update(metric="rate", metric_target=5.0, version=2)

    assert of_metric(web, version, target).startswith(f"2 to 4: {name} 20")


@pytest.mark.parametrize(
    ("stored", "name"),
    [("metric_is_rate", "requests a second"), ("metric_is_concurrency", "requests in flight")],
)
def test_the_metric_that_a_decision_stored_is_named_whatever_the_policy_says_now(
    web: Service, stored: str, name: str
) -> None:
    other = "concurrency" if stored == "metric_is_rate" else "rate"
    ScalingPolicy.objects.update(metric=other, metric_target=5.0)

    assert of_metric(web, stored=stored) == f"2 to 4: {name} 20, target 5 for each instance."


def test_that_nothing_is_known_is_said_at_every_tick(site: Site, web: Service) -> None:
    for ago_s, counts in ((20, at_rest(3)), (10, unproposed(at_rest(3)))):
        tick(timezone.now() - timedelta(seconds=ago_s), [web], {"healthy": 1.0}, counts)

        assert "Staying at 3: nothing is known of its load" in why(site)


def test_while_a_step_wants_another_count_only_the_stored_reason_is_said(
    site: Site, web: Service
) -> None:
    held = moved(2, proposal=7, quota=2)
    decide(web, held, ScalingEvent.Outcome.HELD)
    tick(timezone.now(), [web], WEB, held)

    assert "Before that:" not in why(site)


def test_a_hand_is_named_with_its_reason(site: Site, web: Service) -> None:
    site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "ends": "good", "reason": "a sale"})

    assert "1 to 3: a sale." in why(site)
    assert "alice," in why(site)


def test_nothing_decided_yet_is_said(site: Site, web: Service) -> None:
    said = why(site)

    assert "Nothing was decided yet. The first decision comes within 20 s: the load is" in said
    assert "measured every 10 s, and each time a count is decided." in said


def test_before_it_is_live_the_first_decision_is_expected_after_that(site: Site) -> None:
    site.service()

    assert "The first decision comes within 20 s of going live" in why(site)


def test_while_nothing_is_measured_no_decision_is_expected(site: Site, web: Service) -> None:
    Cell.objects.update(sampled_at=timezone.now() - timedelta(minutes=5))

    assert "No decision comes while nothing is measured" in why(site)


@pytest.mark.parametrize("proposal", [0, 3])
def test_a_hand_that_let_go_since_is_no_fault(site: Site, web: Service, proposal: int) -> None:
    Service.objects.filter(pk=web.pk).update(desired=1, minimum=1)
    tick(timezone.now(), [web], WEB, moved(1, proposal=proposal, override=1))
    assert "Why this count" in why(site)


def test_a_count_by_hand_for_an_hour_is_an_override_with_its_end(site: Site, web: Service) -> None:
    site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "ends": "hour", "reason": "a sale"})

    web.refresh_from_db()
    assert web.desired == 3
    assert web.override_until is not None
    assert abs((web.override_until - timezone.now()).total_seconds() - 3600) < 60
    assert "Set by hand to 3, ends" in why(site)
    assert "End it now" not in why(site)
    assert "End it now" in site.alice.browser.get(PAGE).content.decode()


def test_a_count_by_hand_until_a_time_ends_then(site: Site, web: Service) -> None:
    until = (timezone.now() + timedelta(hours=5)).replace(second=0, microsecond=0)
    typed = {"count": "2", "ends": "until", "until": f"{until:%Y-%m-%dT%H:%M}"}

    site.alice.browser.post(f"{PAGE}scale/", typed)

    web.refresh_from_db()
    assert web.override_until == until


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("", "No time is given"),
        ("2001-01-01T10:00", "over already"),
        ("2999-01-01T10:00", "within 30 days"),
        ("tomorrow", "This is no time"),
    ],
)
def test_an_end_that_cannot_be_is_refused_at_its_field_and_the_rest_stays(
    site: Site, web: Service, until: str, said: str
) -> None:
    typed = {"count": "2", "ends": "until", "until": until, "reason": "a sale"}

    response = site.alice.browser.post(f"{PAGE}scale/", typed)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page.split('id="id_until_error"')[1].split("</div>")[0]
    assert 'value="a sale"' in page
    assert '<option value="until" selected>' in page
    web.refresh_from_db()
    assert (web.desired, web.override_until) == (1, None)


def test_what_was_read_long_ago_is_no_reason(site: Site, web: Service) -> None:
    now = timezone.now()
    tick(now - timedelta(seconds=100), [web], WEB, at_rest(3))
    tick(now, [web], {"healthy": 1.0}, at_rest(3))

    assert "nothing is known of its load for" in why(site)


def test_an_override_is_ended_before_its_time(site: Site, web: Service) -> None:
    site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "ends": "hour"})

    response = site.alice.browser.post(f"{PAGE}scale/end/")

    web.refresh_from_db()
    assert response.headers["Location"] == PAGE
    assert (web.desired, web.override_until) == (3, None)
    assert "Set by hand" not in why(site)


def test_scaling_is_paused_and_resumed_and_the_page_says_since_when(
    site: Site, web: Service
) -> None:
    assert "Pause scaling" in site.alice.browser.get(PAGE).content.decode()

    site.alice.browser.post(f"{PAGE}scaling/pause/")

    assert ScalingPolicy.objects.get(service=web).paused
    assert ">paused <time" in why(site)
    assert "Resume scaling" in site.alice.browser.get(PAGE).content.decode()

    site.alice.browser.post(f"{PAGE}scaling/resume/")

    assert not ScalingPolicy.objects.get(service=web).paused
    assert list(AuditEvent.objects.order_by("-pk").values_list("verb", flat=True)[:2]) == [
        "resume scaling",
        "pause scaling",
    ]


def test_bob_sees_why_and_has_no_buttons(site: Site, web: Service) -> None:
    pause_scaling(site.alice.actor, web)
    site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "ends": "hour"})

    page = site.bob.browser.get(PAGE).content.decode()

    assert "Set by hand to 3" in page
    for button in ("Resume scaling", "End it now", "Scale by hand</button>"):
        assert button not in page


def test_an_event_from_before_a_step_was_added_is_still_explained(site: Site, web: Service) -> None:
    event = decide(web)
    ScalingEvent.objects.filter(pk=event.pk).update(counts=list(before_schedules(GREW)))

    shown = why(site)
    rows = [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in shown.split("<tr")[2:]]

    assert SENTENCE in shown
    assert "Schedule 6 none" in rows[7]
    assert "Quota 6 → to 5 1 held by the quota A larger quota" in rows[11]
