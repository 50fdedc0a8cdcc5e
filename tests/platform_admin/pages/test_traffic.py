from __future__ import annotations

from datetime import timedelta

import django_rq
import pytest
from django.utils import timezone
from pytest_django import Settings
from redis.exceptions import ConnectionError

from platform_admin.models import AuditEvent, Environment
from platform_admin.verbs.traffic import Traffic, note
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/web/"


@pytest.fixture(autouse=True)
def nothing_sent() -> None:
    """No traffic from another test."""
    server = django_rq.get_connection("traffic")
    for key in server.scan_iter("muster:traffic:*"):
        server.delete(key)
    django_rq.get_queue("traffic").empty()  # type: ignore[no-untyped-call]


@pytest.fixture(autouse=True)
def web(site: Site) -> None:
    site.live(site.service())


def test_alice_sends_traffic_and_sees_it_on_its_way(site: Site) -> None:
    before = site.alice.browser.get(PAGE).content.decode()
    assert "Send traffic</button>" in before
    assert "It grows evenly for 30 s, then stays." in before

    response = site.alice.browser.post(f"{PAGE}traffic/start/")

    page = site.alice.browser.get(PAGE).content.decode()
    assert response.headers["Location"] == PAGE
    assert AuditEvent.objects.filter(verb="send traffic", actor=site.alice.user).exists()
    assert "Traffic is being sent" in page
    assert "Stop it</button>" in page
    assert "every 2s" in page


def test_the_live_part_says_how_much_was_sent_and_what_became_of_it(site: Site) -> None:
    end = timezone.now() + timedelta(seconds=60)
    note(site.environment.pk, Traffic("a", 120, end, sent=812, late=7, failed=1))

    running = site.bob.browser.get(f"{PAGE}live/now/").content.decode()
    note(site.environment.pk, Traffic("a", 120, end, running=False, sent=900, late=8, failed=2))
    ended = site.bob.browser.get(f"{PAGE}live/now/").content.decode()

    said = "120 requests a second after growing evenly for 30 s; 812 so far, 7 late, 1 failed."
    assert said in running
    assert "Traffic was sent: 900 requests, 8 late, 2 failed." in ended


def test_only_one_is_sent_at_a_time_and_alice_stops_it(site: Site) -> None:
    site.alice.browser.post(f"{PAGE}traffic/start/")

    twice = site.alice.browser.post(f"{PAGE}traffic/start/", follow=True).content.decode()
    stopped = site.alice.browser.post(f"{PAGE}traffic/stop/", follow=True).content.decode()

    assert "Traffic is being sent already" in twice
    assert "ends within a second or two" in stopped
    assert AuditEvent.objects.filter(verb="stop traffic").exists()


def test_bob_sees_it_and_has_no_button(site: Site) -> None:
    page = site.bob.browser.get(PAGE).content.decode()

    assert "This is the example" in page
    assert "Send traffic</button>" not in page


def test_only_the_examples_web_service_offers_it(site: Site) -> None:
    site.service("api", kind="private")

    assert (
        "This is the example"
        not in site.alice.browser.get("/shop/production/api/").content.decode()
    )

    Environment.objects.update(slug="staging")

    page = site.alice.browser.get("/shop/staging/web/").content.decode()
    refused = site.alice.browser.post("/shop/staging/web/traffic/start/", follow=True)
    assert "This is the example" not in page
    assert "Traffic goes to the example only" in refused.content.decode()
    assert not AuditEvent.objects.filter(verb="send traffic").exists()


def test_a_store_that_is_away_takes_nothing_else_off_the_page(
    site: Site, settings: Settings
) -> None:
    away = {"HOST": "127.0.0.1", "PORT": 1, "DB": 0}
    settings.RQ_QUEUES = {**settings.RQ_QUEUES, "traffic": away}

    page = site.bob.browser.get(PAGE).content.decode()

    assert "1 of 1 instance is healthy" in page


@pytest.mark.parametrize("press", ["start", "stop"])
def test_a_press_while_the_store_is_away_does_nothing_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, press: str
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("away")

    monkeypatch.setattr(f"platform_admin.pages.traffic.{press}_traffic", away)

    page = site.alice.browser.post(f"{PAGE}traffic/{press}/", follow=True).content.decode()

    assert "Nothing was done: the server of the queues cannot be reached." in page
