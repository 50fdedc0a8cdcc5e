from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from jobs.deploy.edge_tree import wanted_tree
from jobs.deploy.rows import read
from platform_admin import fallback
from platform_admin.fallback import HEADER, KNOWN_S, FallbackMiddleware
from platform_admin.models import Service
from platform_admin.rules.signed import signed, slug_of
from tests.platform_admin.pages.site import Site

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of another test."""
    monkeypatch.setattr(fallback, "_known", {})


def passed_on(request: HttpRequest) -> HttpResponse:
    return HttpResponse("passed on")


def ask(slug: str | None, accept: str = BROWSER) -> HttpResponse:
    headers = {"Accept": accept, "Host": "shop-production-web.localhost"}
    if slug is not None:
        headers["X-Muster-Fallback"] = signed(slug, settings.SECRET_KEY)
    return FallbackMiddleware(passed_on)(RequestFactory().get("/any/path", headers=headers))


def down(site: Site) -> Service:
    """A service whose live release answers nowhere."""
    web = site.service()
    site.live(web)
    web.instances.update(ended=True)
    return web


def test_requests_that_did_not_fall_back_go_on(db: None) -> None:
    assert ask(None).content == b"passed on"


def test_it_says_when_to_try_again_and_is_never_cached(site: Site) -> None:
    response = ask(site.service().slug)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_browser_gets_a_page_in_words(site: Site) -> None:
    response = ask(down(site).slug)

    assert response.headers["Content-Type"].startswith("text/html")
    assert "This app is down" in response.content.decode()


def test_an_api_client_gets_a_line_of_text(site: Site) -> None:
    response = ask(down(site).slug, "application/json")

    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.content.decode().startswith("shop-production-web is down.")


def test_a_service_that_was_never_live_says_so(site: Site) -> None:
    web = site.service()

    page = ask(web.slug).content.decode()
    line = ask(web.slug, "application/json").content.decode()

    assert "<h1>This app is not live</h1><p>It has never been live yet." in page
    assert line.startswith("shop-production-web is not live. It has never been live yet.")
    assert "down" not in page + line


def test_a_private_service_answers_in_text_whoever_asks(site: Site) -> None:
    response = ask(site.service("api", kind="private").slug)

    assert response.headers["Content-Type"].startswith("text/plain")


def test_a_service_of_which_none_is_wanted_is_asleep_whoever_wants_so(site: Site) -> None:
    web = site.service(minimum=0)
    site.live(web)
    Service.objects.update(desired=0)

    page = ask(web.slug).content.decode()

    assert "This app is asleep" in page
    assert "None of its instances runs at the moment." in page


def test_a_service_that_a_deployment_brings_live_is_starting(site: Site) -> None:
    web = site.service()
    site.deployment(web)

    assert "starting" in ask(web.slug).content.decode()


def test_a_service_whose_instance_has_just_begun_is_starting(site: Site) -> None:
    web = site.service()
    site.live(web)
    web.instances.update(healthy=False, started_at=timezone.now() - timedelta(seconds=3))

    assert "starting" in ask(web.slug).content.decode()


def test_a_service_whose_instance_restarts_again_and_again_is_down(site: Site) -> None:
    web = site.service()
    site.live(web)
    web.instances.update(healthy=False, restarts=3)

    assert "down" in ask(web.slug).content.decode()


def test_an_unknown_slug_is_down_and_tells_nothing_else(db: None) -> None:
    response = ask("<script>")

    assert response.status_code == 503
    assert response.headers["Content-Type"].startswith("text/plain")


def test_it_answers_without_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(Service.objects, "filter", away)

    response = ask("shop-production-web", "*/*")

    assert response.status_code == 503
    assert b"is down" in response.content


def test_a_load_on_one_dead_app_asks_the_database_once_a_second(
    site: Site, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    web = down(site)
    at = time.monotonic()
    assert fallback._remembered(web.slug, at)[0] == "down"
    Service.objects.update(desired=0)

    with django_assert_num_queries(0):
        assert fallback._remembered(web.slug, at + 0.9 * KNOWN_S)[0] == "down"
    assert fallback._remembered(web.slug, at + KNOWN_S)[0] == "asleep"


def test_slugs_that_nobody_has_fill_no_memory(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback, "MOST_KNOWN", 3)
    for number in range(9):
        ask(f"nobody-{number}")

    assert len(fallback._known) <= 3


def test_it_stands_before_everything_that_looks_at_hosts_and_sessions() -> None:
    assert settings.MIDDLEWARE[0] == "platform_admin.fallback.FallbackMiddleware"


@pytest.mark.parametrize("name", ["shop-production-web", "shop-production-web:forged", ""])
def test_whoever_is_not_the_edge_learns_nothing_of_a_service(
    site: Site, django_assert_num_queries: Any, name: str
) -> None:
    web = site.service(minimum=0)
    site.live(web)
    Service.objects.update(desired=0)
    request = RequestFactory().get("/", headers={"X-Muster-Fallback": name, "Accept": BROWSER})

    with django_assert_num_queries(0):
        response = FallbackMiddleware(passed_on)(request)

    assert response.status_code == 503
    assert response.content.decode().startswith("This is down.")


def test_the_edge_is_given_the_name_that_it_has_to_say(site: Site) -> None:
    web = site.service()
    site.live(web)

    [named] = [value for key, value in wanted_tree(read(web.pk)).items() if key.endswith(HEADER)]

    assert slug_of(named, settings.SECRET_KEY) == web.slug
