"""The schedule on the scaling form: rows without JavaScript, errors at their field, a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from html import unescape

import pytest
from django.utils import timezone

from platform_admin.models import AuditEvent, ScalingPolicy, Service
from platform_admin.verbs.policies import policy_fields
from scaler.rules.windows import Window
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.measuring import WEB, moved, tick
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/scaling/"
NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
"""A Wednesday."""
Sent = Mapping[str, str | list[str]]
DAY: Sent = {
    "name": "Weekdays",
    "days": ["0", "1", "2", "3", "4"],
    "start": "08:00",
    "end": "18:00",
    "least": "3",
}
CLOSED: Sent = {"name": "Closed", "first": "2026-12-03"}


@pytest.fixture
def web(site: Site, monkeypatch: pytest.MonkeyPatch) -> Service:
    web = site.service()
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return web


def typed(person: Person, *rows: Sent, **changes: str) -> Sent:
    """The form as a browser finds it, with these rows in place of its own."""
    found = form_with(person.browser.get(PAGE).content.decode(), "minimum")
    kept: dict[str, str | list[str]] = {}
    kept |= {name: said for name, said in found.items() if not name.startswith("windows-")}
    for number, row in enumerate(rows, start=1):
        kept |= {f"windows-{number}-{part}": said for part, said in row.items()}
    return {**kept, **changes}


def shown(person: Person) -> str:
    return text(person.browser.get(PAGE).content.decode())


def text(html: str) -> str:
    return " ".join(unescape(html).split())


def save(person: Person, sent: Sent) -> str:
    """The page after saving, which is the next one where it was saved."""
    return text(person.browser.post(f"{PAGE}save/", sent, follow=True).content.decode())


def windows() -> tuple[Window, ...]:
    return policy_fields(ScalingPolicy.objects.get()).windows


def test_alice_adds_windows_and_the_page_draws_them(site: Site, web: Service) -> None:
    page = save(site.alice, typed(site.alice, DAY, CLOSED, time_zone="Europe/Berlin"))

    assert windows() == (
        Window("Weekdays", (0, 1, 2, 3, 4), start=time(8), end=time(18), least=3),
        Window("Closed", first=date(2026, 12, 3), last=date(2026, 12, 3)),
    )
    assert "2 windows" in page
    assert "Mon to Fri, 08:00 to 18:00, at least 3" in page
    assert "times in Europe/Berlin" in page
    assert "At least 3 until 18:00 by the schedule Weekdays." in page
    assert page.count('fill="var(--instances)" fill-opacity="0.55"><title>at least 3,') == 4
    assert "Closed (by date)" in page
    assert '<th scope="row">Wed 02 Dec 08:00</th>' in page
    assert '<time datetime="2026-12-02T18:00:00+01:00">Wed 02 Dec 18:00</time>' in page
    assert AuditEvent.objects.filter(verb="save policy").count() == 1


def test_a_floor_says_how_early_it_is_ordered(site: Site, web: Service) -> None:
    ScalingPolicy.objects.update(start_up_measured_s=24.2)
    page = save(site.alice, typed(site.alice, DAY))
    assert "A minimum is ordered 35 s before its time" in page


def test_without_windows_one_sentence_says_what_goes_on(site: Site, web: Service) -> None:
    page = shown(site.bob)
    assert "No schedule: the count follows its load between 1 and 5 at all hours." in page
    assert "Schedules <span" in page
    assert 'id="week-table"' not in page


def test_there_are_rows_to_type_into_and_their_fields_have_labels(site: Site, web: Service) -> None:
    page = shown(site.alice)
    assert page.count("<summary>Another window</summary>") == 2
    for part in ("name", "first", "last", "start", "end", "least", "most"):
        assert f'<label for="windows-1-{part}">' in page
        assert f'id="windows-1-{part}"' in page


def test_saved_as_it_is_a_schedule_stays(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY, CLOSED))
    before = windows()

    everything = site.alice.browser.get(PAGE).content.decode()
    again = form_with(everything, "minimum")
    ticked: Sent = {**again, "windows-1-days": DAY["days"]}
    save(site.alice, ticked)

    assert windows() == before
    assert ScalingPolicy.objects.get().version == 2


def test_a_ticked_row_is_removed(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY, CLOSED))
    save(site.alice, typed(site.alice, {**DAY, "remove": "yes"}, CLOSED))
    assert [window.name for window in windows()] == ["Closed"]


@pytest.mark.parametrize(
    ("changes", "part", "said"),
    [
        ({"least": "9"}, "least", "At least 9 is above the service's maximum of 5"),
        ({"least": "many"}, "least", "'many' is no whole number: use digits only."),
        ({"start": "8h"}, "start", "'8h' is no time: write it as 08:00."),
        ({"name": ""}, "name", "It has no name: give one, such as Weekdays."),
        ({"first": "2026-12-09", "last": "2026-12-01", "days": []}, "last", "before it begins"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_stays(
    site: Site, web: Service, changes: Sent, part: str, said: str
) -> None:
    response = site.alice.browser.post(
        f"{PAGE}save/", typed(site.alice, CLOSED, {**DAY, **changes}, latency_ms="77")
    )

    page = text(response.content.decode())
    assert response.status_code == 422
    assert said in page.split(f'id="windows-2-{part}-said"')[1].split("</div>")[0]
    assert page.count('<p class="error">') == 1
    assert "A window of the schedule has to change before this can be saved." in page
    assert 'id="schedules" open' in page
    assert 'id="window-2" open' in page
    assert 'id="window-1" open' not in page
    assert 'value="77"' in page
    assert windows() == ()


def test_days_that_are_missing_are_said_at_the_days(site: Site, web: Service) -> None:
    page = save(site.alice, typed(site.alice, {**DAY, "days": []}))
    days = page.split('id="window-1-days"')[1].split("</details>")[0]
    assert "It is on no day: choose days of the week, or dates." in days


def test_what_is_drawn_is_what_the_form_says_also_when_it_can_not_be_saved(
    site: Site, web: Service
) -> None:
    page = save(site.alice, typed(site.alice, DAY, latency_ms="fast", time_zone="Asia/Kolkata"))

    assert "As the form says, and not saved." in page
    assert "times in Asia/Kolkata" in page
    assert "<title>at least 3, Wed 02 Dec 08:00 to Wed 02 Dec 18:00, by Weekdays</title>" in page
    assert windows() == ()


def test_a_zone_that_is_none_is_refused_with_one_that_is(site: Site, web: Service) -> None:
    page = save(site.alice, typed(site.alice, DAY, time_zone="Berlin"))

    said = page.split('id="id_time_zone_error"')[1]
    assert "'Berlin' is no time zone that is known: write Europe/Berlin." in said
    assert 'id="schedules" open' in page
    assert '<option value="Europe/Berlin">' in page


def test_a_lower_maximum_and_a_lower_floor_are_saved_together(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY))
    page = save(site.alice, typed(site.alice, {**DAY, "least": "2"}, maximum="2"))

    assert "is saved" in page
    assert windows()[0].least == 2


def test_a_maximum_below_a_floor_that_stays_is_refused(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY))
    page = save(site.alice, typed(site.alice, DAY, maximum="2"))

    assert "use 2 or fewer, or raise the maximum." in page
    web.refresh_from_db()
    assert web.maximum == 5


def test_who_is_second_is_told_of_the_others_windows(site: Site, web: Service) -> None:
    mine = typed(site.alice, CLOSED)
    save(site.olga, typed(site.olga, DAY))
    page = save(site.alice, mine)

    assert "Nothing was saved: somebody else changed this while you had it open." in page
    assert (
        "Somebody changed this meanwhile, from nothing to Weekdays: Mon to Fri, 08:00 to 18:00,"
        " at least 3: save again"
    ) in page
    assert "Closed (by date)" in page
    assert [window.name for window in windows()] == ["Weekdays"]


def test_bob_reads_it_and_cannot_change_it(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY))

    assert "Mon to Fri, 08:00 to 18:00, at least 3" in shown(site.bob)
    assert site.bob.browser.post(f"{PAGE}save/", {}).status_code == 403


def test_at_rest_on_a_scheduled_floor_the_page_says_until_when(site: Site, web: Service) -> None:
    save(site.alice, typed(site.alice, DAY, mode="on"))
    Service.objects.filter(pk=web.pk).update(desired=3)
    tick(NOW, [web], {**WEB, "rate": 0.0}, moved(3, proposal=1, schedule=3))

    page = text(site.bob.browser.get("/shop/production/web/").content.decode())
    assert "Staying at 3: no requests; at least 3 until 18:00 by the schedule Weekdays." in page
