"""What was measured of a release, in words; whole sentences, because people read them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from platform_admin.models import Service, ServiceLimits
from platform_admin.pages.facts import facts
from platform_admin.pages.limits import certainty, limits_of
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/"


@pytest.fixture
def web(site: Site) -> Service:
    """A service whose first release is live."""
    service = site.service()
    site.live(service)
    return service


def measured(service: Service, number: int = 1, **known: float) -> None:
    ServiceLimits.objects.create(service=service, release=number, **known)


ALL: dict[str, Any] = {
    "holds": 48.2,
    "confidence": 0.93,
    "start_up_s": 6.24,
    "start_ups": 7,
    "stop_s": 4.8,
    "stops": 3,
}


def said(service: Service, release: int = 1) -> list[str]:
    found = limits_of(Service.objects.get(pk=service.pk), release)
    assert found is not None
    return [part.text for part in found.parts]


def line(person: Person, address: str) -> str:
    """The page's line of limits, without its tags."""
    html = person.browser.get(address).content.decode()
    [found] = re.findall(r"<p[^>]*>((?:Measured|Nothing measured yet) of .*?)</p>", html)
    return unescape(re.sub(r"<[^>]+>", "", found))


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}scaling/"])
def test_both_pages_say_what_was_measured(site: Site, web: Service, address: str) -> None:
    measured(web, 1, **ALL)
    assert line(site.bob, address) == (
        "Measured of release 1: 48.2 requests/s for each instance (sure), ready 6.2 s after its"
        " order (7 start-ups), gone 4.8 s after its end was ordered (3)."
    )
    page = site.bob.browser.get(address).content.decode()
    assert 'title="48.2 requests/s, confidence 0.93"' in page


def test_what_is_not_measured_yet_is_assumed_in_words(site: Site, web: Service) -> None:
    assert line(site.bob, PAGE) == (
        "Nothing measured yet of release 1: what an instance holds not measured yet, its start not"
        " measured yet: assumed 30 s, its end not measured yet: assumed 10 s."
    )


def test_after_a_release_what_was_measured_of_the_one_before_is_assumed(web: Service) -> None:
    measured(web, 1, **ALL)
    measured(web, 2, start_up_s=2.0, start_ups=1)
    measured(web, 4, **(ALL | {"holds": 1.0}))
    assumed = "assumed from release 1 until it is measured"
    assert said(web, 3) == [
        f"48.2 requests/s for each instance ({assumed})",
        "ready 2 s after its order (assumed from release 2 until it is measured)",
        f"gone 4.8 s after its end was ordered ({assumed})",
    ]


def test_a_worker_holds_no_requests(site: Site) -> None:
    worker = site.service("jobs", kind="worker", port=None)
    measured(worker, start_up_s=2.0, start_ups=1)
    assert said(worker) == [
        "ready 2 s after its order (1 start-up)",
        "its end not measured yet: assumed 10 s",
    ]


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}scaling/"])
def test_of_a_service_that_was_never_live_nothing_is_said(site: Site, address: str) -> None:
    site.service()
    page = site.bob.browser.get(address).content.decode()
    assert "measured yet" not in page


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(0.0, "a guess"), (0.39, "a guess"), (0.4, "likely"), (0.74, "likely"), (0.75, "sure")],
)
def test_confidence_is_a_word(confidence: float, word: str) -> None:
    assert certainty(confidence) == word


def test_the_checklist_takes_the_start_up_of_the_live_release(site: Site, web: Service) -> None:
    measured(web, 1, **ALL)
    measured(web, 2, start_up_s=90.0, start_ups=1)
    found = facts(site.environment, timezone.now())
    assert [each.start_up_s for each in found.services] == [6.24]
