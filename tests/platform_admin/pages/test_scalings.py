from __future__ import annotations

import re
from datetime import timedelta

import pytest

from platform_admin.models import Deployment, Release, ScalingEvent, Service
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.site import Site

PAGE = "/shop/production/"
DAY = timedelta(days=1)


def scaled(
    service: Service, clock: Clock, ago_min: int, after: int, origin: str = "policy"
) -> None:
    """A change of the service's count by one, so many minutes ago."""
    at = clock.at - timedelta(minutes=ago_min)
    ScalingEvent.objects.create(
        service=service, at=at, origin=origin, before=after - 1, after=after, reason="lunch"
    )


def changes(site: Site) -> list[tuple[str, str]]:
    """The lines of the environment's last changes, in words, with where they lead."""
    page = site.bob.browser.get(PAGE).content.decode()
    shown = page.split('id="history-title"')[1].split("</section>")[0]
    return re.findall(r'href="([^"]*)">([^<]*)</a>', shown)


def test_the_scalers_changes_of_a_service_are_one_line_that_leads_to_them(
    site: Site, clock: Clock
) -> None:
    web, api = site.service(), site.service("api", kind="private")
    Release.objects.filter(pk=site.release("first").pk).update(created_at=clock.at - DAY)
    for minute in range(14):
        scaled(web, clock, 3 * minute, 3 + minute % 5)
        scaled(api, clock, 3 * minute + 1, 2)

    assert changes(site) == [
        (
            "/shop/production/web/scaling/#events-title",
            "web scaled 14 times between 2 and 7 in 39 min 0 s",
        ),
        (
            "/shop/production/api/scaling/#events-title",
            "api scaled 14 times between 1 and 2 in 39 min 0 s",
        ),
        ("/shop/production/releases/1/", "Release 1: first"),
    ]


def test_a_persons_change_stands_alone_between_the_scalers(site: Site, clock: Clock) -> None:
    web = site.service()
    for minute, origin in ((1, "policy"), (2, "person"), (3, "policy"), (4, "policy")):
        scaled(web, clock, minute, 3, origin)

    assert [words for _, words in changes(site)] == [
        "web from 2 to 3: lunch",
        "web from 2 to 3: lunch",
        "web scaled 2 times between 2 and 3 in 1 min 0 s",
    ]


def test_a_persons_change_is_found_behind_more_of_the_scalers_than_are_looked_at(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform_admin.pages.scalings.LOOKED", 5)
    web = site.service()
    for minute in range(10):
        scaled(web, clock, minute, 3)
    scaled(web, clock, 60, 2, "person")

    assert [words for _, words in changes(site)] == [
        "web scaled at least 5 times between 2 and 3 in 4 min 0 s",
        "web from 1 to 2: lunch",
    ]


def test_a_busy_service_hides_no_deployment(site: Site, clock: Clock) -> None:
    web = site.service()
    site.deployment(web)
    Deployment.objects.update(created_at=clock.at - DAY)
    for minute in range(60):
        scaled(web, clock, minute, 3)

    assert any("Deployment 1 of release 1" in words for _, words in changes(site))
