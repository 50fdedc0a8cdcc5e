"""A service's last week under another policy, beside the form where it is typed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import cast
from urllib.parse import parse_qs, urlsplit

import django_rq
import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from redis.exceptions import ConnectionError

from platform_admin.models import SampleHour, ScalingPolicy, Service
from platform_admin.verbs import replays
from scaler.loop.replays import run
from scaler.samples.hours import _bytes
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.site import Person, Site
from tests.scaler.backtest.past import served, wave

PAGE = "/shop/production/web/scaling/"


@pytest.fixture(autouse=True)
def nothing_asked() -> None:
    """No replay from another test."""
    server = django_rq.get_connection("default")
    for key in server.scan_iter("muster:replay:*"):
        server.delete(key)
    django_rq.get_queue("default").empty()  # type: ignore[no-untyped-call]


@pytest.fixture
def web(site: Site) -> Service:
    service = site.service()
    ScalingPolicy.objects.filter(service=service).update(strategy="fixed", start_up_s=10)
    return service


def keeps(service: Service, hours: int) -> None:
    """Rows of so many whole hours before now, as they are folded."""
    last = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    _, table = served(wave(float(hours)))
    offsets = (10 * np.arange(360)).astype("<i2").tobytes()
    SampleHour.objects.bulk_create(
        SampleHour(
            service=service,
            hour=last - timedelta(hours=hours - hour),
            offsets=offsets,
            samples=_bytes(table[:, 360 * hour : 360 * (hour + 1)]),
        )
        for hour in range(hours)
    )


def asks(person: Person, *, live: bool = True, **changes: object) -> HttpResponse:
    """The form as a browser finds it, with these changes, sent to be replayed."""
    return asks_of(person, PAGE, live=live, **changes)


def asks_of(person: Person, page: str, *, live: bool = True, **changes: object) -> HttpResponse:
    """The same of the page of a service."""
    found = form_with(person.browser.get(page).content.decode(), "minimum")
    typed = found | {name: str(value) for name, value in changes.items()}
    headers = {"HX-Request": "true"} if live else {}
    return cast(HttpResponse, person.browser.post(f"{page}replay/", typed, headers=headers))


def name_of(person: Person, service: Service) -> str:
    """The name of the person's newest replay."""
    assert person.user.pk
    found = django_rq.get_connection("default").get(replays._newest(service.pk, person.user.pk))
    assert isinstance(found, bytes)
    return found.decode()


def shows(browser: Client, name: str) -> str:
    response = browser.get(f"{PAGE}live/replay/{name}/")
    return " ".join(unescape(response.content.decode()).split())


def test_what_is_typed_is_replayed_beside_what_is_saved(site: Site, web: Service) -> None:
    keeps(web, 1)
    started = asks(site.alice, minimum=6, maximum=9, latency_ms=400).content.decode()
    assert "Replaying: 0 %" in started
    assert "every 2s" in started
    name = name_of(site.alice, web)

    run(web.pk, site.alice.user.pk, name)

    page = shows(site.alice.browser, name)
    assert "every 2s" not in page
    assert page.count("<path") == 4
    assert "As typed: " in page
    assert "late is what takes more than 400 ms." in page
    for row in ("As saved", "As typed", "At least cost"):
        assert f'<th scope="row">{row}</th>' in page
    assert ScalingPolicy.objects.get(service=web).latency_ms == 500


def test_while_the_next_one_runs_the_last_one_stays_in_sight(site: Site, web: Service) -> None:
    keeps(web, 1)
    asks(site.alice, maximum=9)
    run(web.pk, site.alice.user.pk, name_of(site.alice, web))
    page = " ".join(asks(site.alice, maximum=8).content.decode().split())
    assert "Replaying: 0 %" in page
    assert "As typed: " in page


def test_without_javascript_the_page_itself_says_how_far_it_is(site: Site, web: Service) -> None:
    keeps(web, 1)
    response = asks(site.alice, live=False, maximum=7)
    assert response.status_code == 302
    address = response.headers["Location"]
    before = site.alice.browser.get(address).content.decode()
    assert "Look again</a>" in before
    assert form_with(before, "minimum")["maximum"] == "7"

    [name] = parse_qs(urlsplit(address).query)["replay"]
    run(web.pk, site.alice.user.pk, name)
    assert "As typed: " in site.alice.browser.get(address).content.decode()


def test_bob_who_may_change_nothing_replays_what_is_saved(site: Site, web: Service) -> None:
    keeps(web, 1)
    response = site.bob.browser.post(f"{PAGE}replay/", {"latency_ms": "1"})
    assert response.status_code == 302
    found = replays.replay_of(web.pk, site.bob.user.pk, name_of(site.bob, web))
    assert found is not None
    assert found.typed["latency_ms"] == 500


def test_one_persons_replay_is_not_shown_to_another(site: Site, web: Service) -> None:
    asks(site.alice)
    page = shows(site.bob.browser, name_of(site.alice, web))
    assert "is not kept any more" in page
    assert "every " not in page


def test_a_newer_one_ends_the_older_one(site: Site, web: Service) -> None:
    keeps(web, 1)
    asks(site.alice, maximum=7)
    older = name_of(site.alice, web)
    asks(site.alice, maximum=8)
    run(web.pk, site.alice.user.pk, older)
    found = replays.replay_of(web.pk, site.alice.user.pk, older)
    assert found is not None
    assert found.trouble
    assert found.result is None


def test_too_little_history_is_one_sentence(site: Site, web: Service) -> None:
    asks(site.alice)
    name = name_of(site.alice, web)
    run(web.pk, site.alice.user.pk, name)
    assert "Less than ten minutes are known of its load" in shows(site.alice.browser, name)


def test_errors_stand_at_their_fields_and_beside_the_form(site: Site, web: Service) -> None:
    page = asks(site.alice, live=False, minimum="x", maximum=4)
    assert page.status_code == 422
    assert "At least is not a whole number" in page.content.decode()
    part = unescape(asks(site.alice, minimum=5, maximum=4).content.decode())
    assert "At least 5 is above at most 4: lower the one or raise the other." in part
    assert "every " not in part


def test_without_the_queues_server_it_says_so(
    site: Site, web: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr("platform_admin.verbs.replays._redis", away)
    page = asks(site.alice, live=False)
    assert page.status_code == 422
    assert "The server of the queues does not answer" in page.content.decode()


def test_the_windows_that_were_typed_are_replayed_and_stay(site: Site, web: Service) -> None:
    window = {"windows-1-name": "Always", "windows-1-days": "0", "windows-1-least": "3"}
    response = asks(site.alice, live=False, **window)
    page = site.alice.browser.get(response.headers["Location"]).content.decode()
    assert 'value="Always"' in page


def test_a_person_has_one_replay_at_a_time(site: Site, web: Service) -> None:
    asks(site.alice)
    name = name_of(site.alice, web)
    other = site.service("other")
    asks_of(site.alice, "/shop/production/other/scaling/")
    assert site.alice.user.pk
    run(web.pk, site.alice.user.pk, name)
    found = replays.replay_of(web.pk, site.alice.user.pk, name)
    assert found is not None
    assert found.trouble.startswith("Another replay that you asked for took its place")
    assert other.pk != web.pk


def test_a_window_that_can_not_be_read_is_named_at_its_row(site: Site, web: Service) -> None:
    window = {"windows-1-name": "Sale", "windows-1-days": "0", "windows-1-least": "many"}
    response = asks(site.alice, live=False, **window)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="many"' in page
    assert 'aria-invalid="true"' in page
