"""What pages say of a service that answers later than its target for minutes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from platform_admin.models import ScalingPolicy, Service
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WEB, tick
from tests.platform_admin.pages.site import Site

PAGE, ENVIRONMENT = "/shop/production/web/", "/shop/production/"
SLOW = {**WEB, "p95_s": 0.612}
SAID = "p95 up to 612 ms in the last 3 minutes, over its target of 200 ms."


@pytest.fixture
def web(site: Site, clock: Clock) -> Service:
    service = site.service()
    site.live(service)
    ScalingPolicy.objects.filter(service=service).update(latency_ms=200)
    return service


def read(web: Service, clock: Clock, readings: Mapping[str, float], since_s: int) -> None:
    """Readings every 10 s since so many seconds ago."""
    for ago in range(since_s, -1, -10):
        tick(clock.at - timedelta(seconds=ago), [web], readings)


def test_the_services_page_says_that_it_is_over_its_target_with_the_numbers(
    site: Site, web: Service, clock: Clock
) -> None:
    read(web, clock, SLOW, 120)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "<span>Degraded.</span>" in page
    assert f"1 of 1 instance is healthy, on release 1; {SAID}" in page


def test_the_environments_table_picture_and_sentence_say_so_too(
    site: Site, web: Service, clock: Clock
) -> None:
    read(web, clock, SLOW, 120)

    page = site.bob.browser.get(ENVIRONMENT).content.decode()

    assert f"web: {SAID}" in page
    [row] = [part for part in page.split("<tr>") if 'id="s-web"' in part]
    assert "<span>degraded</span>" in row
    assert "healthy" not in page.split("<svg")[1].split("</svg>")[0]


def test_home_says_that_it_needs_somebody(site: Site, web: Service, clock: Clock) -> None:
    read(web, clock, SLOW, 120)

    page = site.bob.browser.get("/").content.decode()

    assert "What needs you" in page
    assert f"on release 1; {SAID}" in page


def test_a_minute_over_the_target_changes_nothing(site: Site, web: Service, clock: Clock) -> None:
    read(web, clock, SLOW, 60)

    page = site.bob.browser.get(PAGE).content.decode()

    assert "<span>Healthy.</span>" in page
    assert "p95 612 ms of 200 ms." in page


@pytest.mark.parametrize(
    "readings", [{**SLOW, "edge_age_s": 40.0}, {name: WEB[name] for name in ("desired", "healthy")}]
)
def test_what_is_not_known_makes_nobody_late(
    site: Site, web: Service, clock: Clock, readings: dict[str, float]
) -> None:
    read(web, clock, readings, 300)

    assert "<span>Healthy.</span>" in site.bob.browser.get(PAGE).content.decode()


def test_a_service_without_a_target_is_never_over_it(
    site: Site, web: Service, clock: Clock
) -> None:
    ScalingPolicy.objects.filter(service=web).update(latency_ms=None)
    read(web, clock, SLOW, 300)

    assert "<span>Healthy.</span>" in site.bob.browser.get(PAGE).content.decode()


def test_who_is_late_and_who_has_too_few_instances_are_both_named(
    site: Site, web: Service, clock: Clock
) -> None:
    short = site.service("short", minimum=2)
    site.live(short)
    short.instances.filter(number=1).update(healthy=False)
    read(web, clock, SLOW, 120)
    clock.at += timedelta(minutes=10)
    read(web, clock, SLOW, 120)

    page = site.bob.browser.get(ENVIRONMENT).content.decode()

    assert f"short: 1 of 2 instances healthy. web: {SAID}" in page
