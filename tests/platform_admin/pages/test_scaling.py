"""The scaling form: two knobs, the folded rest, and what was decided so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from platform_admin.forms.policy import PolicyForm
from platform_admin.models import AuditEvent, ScalingEvent, ScalingPolicy, Service, ServiceLimits
from platform_admin.pages import scaling
from platform_admin.verbs.desired import set_desired
from platform_admin.verbs.policies import policy_fields
from platform_admin.verbs.services import change_service, fields_of
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.measuring import moved
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/scaling/"
QUEUE = "/shop/production/jobs/scaling/"


@pytest.fixture
def web(site: Site) -> Service:
    return site.service()


@pytest.fixture
def worker(site: Site) -> Service:
    return site.service("jobs", kind="worker", port=None)


def typed(person: Person, address: str = PAGE, **changes: object) -> dict[str, str]:
    """The form as a browser finds it, with these changes."""
    found = form_with(person.browser.get(address).content.decode(), "minimum")
    return found | {name: str(value) for name, value in changes.items()}


def text(html: str) -> str:
    return " ".join(unescape(html).split())


def test_the_target_is_in_words_and_the_bounds_say_what_the_quota_allows(
    site: Site, web: Service
) -> None:
    page = text(site.bob.browser.get(PAGE).content.decode())

    assert "Answer within</label>" in page
    assert "<span>ms, 95 of 100 requests</span>" in page
    assert "By default 500 ms; empty: not followed." in page
    assert (
        "The team's quota allows 10 instances in all. Its services and resources, drafts too, use"
        " 1, of them this service 1; 9 are free."
    ) in page


def test_a_measured_start_up_stands_beside_the_assumed_one(site: Site, web: Service) -> None:
    assert "until it is measured. By default 30 s." in text(
        site.bob.browser.get(PAGE).content.decode()
    )
    site.live(web)
    ServiceLimits.objects.create(service=web, release=1, start_up_s=6.24, start_ups=7)
    page = text(site.bob.browser.get(PAGE).content.decode())
    assert "Measured: 6.24 s, which stands in its place." in page
    assert "Measured of release 1: what an instance holds not measured yet, ready 6.2 s" in page


def test_a_worker_is_asked_for_its_queue_and_not_for_a_latency(site: Site, worker: Service) -> None:
    page = site.bob.browser.get(QUEUE).content.decode()

    assert "Start every job within</label>" in page
    assert 'name="queue"' in page
    assert 'name="latency_ms"' not in page


@pytest.mark.parametrize("address", [PAGE, QUEUE])
def test_every_folded_field_says_its_default(
    site: Site, web: Service, worker: Service, address: str
) -> None:
    page = site.bob.browser.get(address).content.decode()

    folds = [part.split("</details>")[0] for part in page.split('id="fold-')[1:]]
    fields = [part for fold in folds for part in fold.split('<div class="field')[2:]]

    assert len(folds) == page.count("as by default") >= 5
    assert len(fields) >= 15
    assert [
        field for field in fields if "y default" not in field and "Its target" not in field
    ] == []


def test_alice_saves_a_target_and_bounds_and_the_page_says_what_follows(
    site: Site, web: Service
) -> None:
    sent = typed(site.alice, latency_ms=200, minimum=2, maximum=6, mode="on", down_window_s=120)

    response = site.alice.browser.post(f"{PAGE}save/", sent)

    policy = ScalingPolicy.objects.get(service=web)
    web.refresh_from_db()
    page = site.alice.browser.get(PAGE).content.decode()
    assert response.headers["Location"] == PAGE
    assert (policy.mode, policy.latency_ms, policy.down_window_s) == ("on", 200, 120)
    assert (web.minimum, web.maximum, web.desired) == (2, 6, 2)
    assert policy.version == 2
    assert "The scaling of web is saved: the count follows." in page
    assert "1 changed" in page
    verbs = AuditEvent.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["change service", "save policy"]


def test_saved_as_it_is_nothing_changes(site: Site, web: Service) -> None:
    before = AuditEvent.objects.count()

    response = site.alice.browser.post(f"{PAGE}save/", typed(site.alice))

    assert response.status_code == 302
    assert ScalingPolicy.objects.get(service=web).version == 1
    assert AuditEvent.objects.count() == before


def test_save_as_shadow_only_records_whatever_the_mode_says(site: Site, web: Service) -> None:
    ScalingPolicy.objects.filter(service=web).update(mode="on")

    site.alice.browser.post(f"{PAGE}save/", typed(site.alice, latency_ms=100) | {"shadow": "yes"})

    policy = ScalingPolicy.objects.get(service=web)
    assert (policy.mode, policy.latency_ms) == ("shadow", 100)


def test_an_empty_target_is_a_signal_that_is_not_followed(site: Site, web: Service) -> None:
    site.alice.browser.post(f"{PAGE}save/", typed(site.alice, latency_ms=""))

    assert ScalingPolicy.objects.get(service=web).latency_ms is None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("latency_ms", "0", "0 is no target"),
        ("latency_ms", "fast", "not a whole number"),
        ("minimum", "6", "At least 6 is above at most 5"),
        ("maximum", "99", "quota of 10 instances"),
        ("maximum", "", "At most is empty"),
        ("tolerance", "2", "a share from 0 to below 1"),
        ("up_period_s", "0", "from 1 to 1800"),
        ("metric_target", "5", "no metric"),
        ("mode", "wild", "wild is not one of"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays(
    site: Site, web: Service, field: str, value: str, said: str
) -> None:
    sent = typed(site.alice, recovery_s=77) | {field: value}

    response = site.alice.browser.post(f"{PAGE}save/", sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "Nothing you typed is lost." in page
    assert f'value="{value}"' in page or field == "mode"
    assert 'value="77"' in page
    assert ScalingPolicy.objects.get(service=web).version == 1


def test_a_folded_field_with_an_error_is_open(site: Site, web: Service) -> None:
    sent = typed(site.alice, tolerance=2)

    page = site.alice.browser.post(f"{PAGE}save/", sent).content.decode()

    opened = [part for part in page.split("<details")[1:] if part.split(">")[0].endswith(" open")]
    assert ['id="fixed-rules"' in part for part in opened] == [True, False]
    assert 'id="id_tolerance_error"' in opened[1]


def test_a_worker_without_a_queue_cannot_be_followed(site: Site, worker: Service) -> None:
    response = site.alice.browser.post(f"{QUEUE}save/", typed(site.alice, QUEUE, mode="on"))

    assert "No queue is named" in response.content.decode().split('id="id_queue_error"')[1]


def test_bounds_that_cannot_be_save_nothing_of_the_policy_either(site: Site, web: Service) -> None:
    site.service("api", kind="private", minimum=5)

    response = site.alice.browser.post(
        f"{PAGE}save/", typed(site.alice, latency_ms=100, minimum=6, maximum=6)
    )

    assert "quota" in response.content.decode().split('id="id_minimum_error"')[1]
    assert ScalingPolicy.objects.get(service=web).latency_ms == 500


def test_bob_reads_and_cannot_change(site: Site, web: Service) -> None:
    page = site.bob.browser.get(PAGE).content.decode()

    assert '<fieldset class="in" disabled>' in page
    assert "Save</button>" not in page
    assert "You may read this" in page
    assert site.bob.browser.post(f"{PAGE}save/", {"mode": "on"}).status_code == 403
    assert site.charlie.browser.post(f"{PAGE}save/", {"mode": "on"}).status_code == 404
    assert ScalingPolicy.objects.get(service=web).mode == "shadow"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mode": "on"}, "follows its load; it is 1 now"),
        ({"mode": "off"}, "changes by hand only"),
        ({"mode": "shadow"}, "is recorded, and nothing is done"),
        ({"mode": "on", "paused": True}, "Paused: the count of web stays at 1"),
    ],
)
def test_the_page_begins_with_what_the_policy_does(
    site: Site, web: Service, changes: dict[str, object], said: str
) -> None:
    ScalingPolicy.objects.filter(service=web).update(**changes)

    assert said in site.bob.browser.get(PAGE).content.decode()


def decided(service: Service, number: int) -> ScalingEvent:
    counts = moved(1, proposal=number)
    return ScalingEvent.objects.create(
        service=service,
        at=timezone.now() - timedelta(minutes=number),
        origin="policy",
        before=1,
        after=number,
        counts=counts,
        numbers={"signals": 1.0, "silent": 0.0, "latency_s": 0.2, "p95_s": 0.3, "wanted": number},
    )


def test_past_events_are_sentences_by_page_with_who_and_when(site: Site, web: Service) -> None:
    for number in range(2, 32):
        decided(web, number)
    set_desired(site.alice.actor, web, 3, reason="a sale")

    first = site.bob.browser.get(PAGE).content.decode()
    second = site.bob.browser.get(f"{PAGE}?page=2").content.decode()

    assert "31 events" in first
    assert "1 to 3: a sale." in first
    assert "alice, <time" in first
    assert "1 to 2: p95 300 ms over 200 ms." in first
    assert "1 to 31: p95 300 ms over 200 ms." not in first
    assert "1 to 31: p95 300 ms over 200 ms." in second
    assert "page 2 of 2" in second


def test_one_event_opens_to_its_steps_by_a_link(site: Site, web: Service) -> None:
    event = decided(web, 4)
    address = f"?page=1&amp;event={event.pk}#event-{event.pk}"

    closed = site.bob.browser.get(PAGE).content.decode()
    opened = site.bob.browser.get(f"{PAGE}?page=1&event={event.pk}").content.decode()

    assert f'href="{address}"' in closed
    assert 'class="waterfall' not in closed
    assert opened.count('class="waterfall') == 1


@pytest.mark.parametrize("asked", ["?event=x", "?event=²", "?page=x", f"?event={10**30}"])
def test_what_is_no_event_or_page_opens_nothing(site: Site, web: Service, asked: str) -> None:
    decided(web, 4)

    response = site.bob.browser.get(PAGE + asked)

    assert response.status_code == 200
    assert 'class="waterfall' not in response.content.decode()


def test_without_events_the_list_says_what_will_stand_there(site: Site, web: Service) -> None:
    assert "Nothing yet. Each change of the count" in site.bob.browser.get(PAGE).content.decode()


def test_who_is_second_is_told_what_changed_and_keeps_what_was_typed(
    site: Site, web: Service
) -> None:
    mine = typed(site.alice, latency_ms=200, down_window_s=120)
    theirs = typed(site.olga, latency_ms=300)
    site.olga.browser.post(f"{PAGE}save/", theirs)

    response = site.alice.browser.post(f"{PAGE}save/", mine)

    page = text(response.content.decode())
    assert response.status_code == 422
    assert "Nothing was saved: somebody else changed this while you had it open." in page
    assert "Somebody changed this meanwhile, from 500 to 300: save again" in page
    assert ScalingPolicy.objects.get(service=web).latency_ms == 300
    again = form_with(response.content.decode(), "minimum")
    assert (again["latency_ms"], again["down_window_s"]) == ("200", "120")
    assert site.alice.browser.post(f"{PAGE}save/", again).status_code == 302
    assert ScalingPolicy.objects.get(service=web).latency_ms == 200


def test_bounds_that_somebody_changed_meanwhile_are_not_put_back(site: Site, web: Service) -> None:
    mine = typed(site.alice, latency_ms=200)
    site.olga.browser.post(f"{PAGE}save/", typed(site.olga, minimum=2, maximum=6))

    page = text(site.alice.browser.post(f"{PAGE}save/", mine).content.decode())

    web.refresh_from_db()
    assert (web.minimum, web.maximum) == (2, 6)
    assert "from 5 to 6" in page
    assert ScalingPolicy.objects.get(service=web).latency_ms == 500


def test_a_target_is_told_even_where_bounds_were_told_first(site: Site, web: Service) -> None:
    mine = typed(site.alice, latency_ms=200)
    theirs = typed(site.olga, latency_ms=300, maximum=6)
    site.olga.browser.post(f"{PAGE}save/", theirs)

    first = site.alice.browser.post(f"{PAGE}save/", mine).content.decode()
    second = site.alice.browser.post(f"{PAGE}save/", form_with(first, "minimum")).content.decode()

    assert "from 5 to 6" in text(first)
    assert "from 500 to 300" in text(second)
    assert ScalingPolicy.objects.get(service=web).latency_ms == 300
    last = form_with(second, "minimum")
    assert site.alice.browser.post(f"{PAGE}save/", last).status_code == 302
    assert ScalingPolicy.objects.get(service=web).latency_ms == 200


def test_bounds_leave_what_somebody_saved_since_the_service_was_read(
    site: Site, web: Service
) -> None:
    change_service(site.olga.actor, web, replace(fields_of(web), memory_mb=256))
    form = PolicyForm(kind="web")
    form.cleaned_data = {"minimum": 1, "maximum": 6, "seen": {"minimum": 1, "maximum": 5}}

    scaling._saved(site.alice.actor, web, policy_fields(web.policy), form)

    saved = Service.objects.get()
    assert (saved.memory_mb, saved.maximum) == (256, 6)


def test_a_pause_and_what_both_wanted_are_no_conflict(site: Site, web: Service) -> None:
    mine = typed(site.alice, latency_ms=200)
    site.olga.browser.post(f"{PAGE}save/", typed(site.olga, latency_ms=200))
    site.olga.browser.post(f"{PAGE}pause/")

    assert site.alice.browser.post(f"{PAGE}save/", mine).status_code == 302


def test_a_floor_above_the_maximum_is_refused_at_its_field(site: Site, web: Service) -> None:
    sent = typed(site.alice, unknown="floor", floor=6)

    page = text(site.alice.browser.post(f"{PAGE}save/", sent).content.decode())

    assert "A floor of 6 is above at most 5: use 5 or fewer, or raise the maximum." in page
    assert ScalingPolicy.objects.get(service=web).floor == 0
    raised = sent | {"maximum": "6"}
    assert site.alice.browser.post(f"{PAGE}save/", raised).status_code == 302


def test_a_guard_is_saved_and_audited_and_one_below_the_target_is_refused_at_its_field(
    site: Site, web: Service
) -> None:
    response = site.alice.browser.post(
        f"{PAGE}save/", typed(site.alice, latency_ms="1500", guard_s="1")
    )
    assert "1 s is not above the 1500 ms to answer within" in response.content.decode()
    assert ScalingPolicy.objects.get(service=web).guard_s is None

    site.alice.browser.post(f"{PAGE}save/", typed(site.alice, latency_ms="1500", guard_s="3"))
    assert ScalingPolicy.objects.get(service=web).guard_s == 3
    row = AuditEvent.objects.filter(verb="save policy").latest("pk")
    assert (row.before or {})["guard_s"] is None
    assert (row.after or {})["guard_s"] == 3


@pytest.mark.parametrize("name", ["<b>", "..%2f..", "%ff", "x" * 99])
def test_what_is_no_name_of_a_replay_is_none(site: Site, web: Service, name: str) -> None:
    assert site.bob.browser.get(f"{PAGE}?replay={name}").status_code == 200


@pytest.mark.parametrize("changes", [{"windows-1-days": "99"}, {"seen": "[" * 100_000}])
def test_what_no_browser_sends_is_no_fault_of_ours(
    site: Site, web: Service, changes: dict[str, str]
) -> None:
    sent = typed(site.alice) | changes
    assert site.alice.browser.post(f"{PAGE}save/", sent).status_code in (302, 422)


def test_what_learns_needs_a_target(site: Site, web: Service) -> None:
    response = site.alice.browser.post(f"{PAGE}save/", typed(site.alice, latency_ms="", mode="on"))
    assert response.status_code == 422
    assert "What learns follows this alone, and it is empty" in response.content.decode()


def test_a_script_may_give_the_target_a_slider(site: Site, web: Service) -> None:
    assert 'data-least="10"' in site.alice.browser.get(PAGE).content.decode()
