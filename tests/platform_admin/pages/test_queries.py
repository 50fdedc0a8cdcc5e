"""What a page asks of the database does not grow with what it shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from platform_admin.models import ScalingEvent, Tick
from platform_admin.pages import lateness
from platform_admin.pages import measured as measurements
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.pages.conftest import Clock
from tests.platform_admin.pages.measuring import WEB, at_rest, tick
from tests.platform_admin.pages.site import Person, Site

LIVE = "/shop/production/web/live/now/"


def queries(site: Site, address: str) -> int:
    return len(asked(site.alice, address))


def asked(person: Person, address: str) -> list[str]:
    """What the person's look at a page asks of the database."""
    with CaptureQueriesContext(connection) as captured:
        assert person.browser.get(address).status_code == 200
    return [query["sql"] for query in captured]


def live(site: Site, *names: str) -> None:
    """Services with a link, live with an instance each."""
    for name in names:
        service = site.service(name)
        set_links(site.alice.actor, service, [LinkFields("REDIS_URL", "store", "url")])
        site.live(service)


def forgotten() -> None:
    """The caches of this process are empty."""
    measurements.forget()
    lateness.forget()


def measured(site: Site, ticks: int = 3) -> None:
    """Ticks of all services, and the caches of this process empty."""
    now = timezone.now()
    Tick.objects.all().delete()
    services = list(site.environment.services.all())
    for number in range(ticks):
        tick(now - timedelta(seconds=10 * number), services, WEB, at_rest(1))
    forgotten()


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/shop/",
        "/shop/production/",
        "/shop/production/live/overview/",
        "/shop/production/checklist/",
        "/shop/production/plan/",
        "/shop/production/web/",
        "/shop/production/web/live/now/",
        "/shop/production/web/scaling/",
        "/shop/production/web/settings/",
    ],
)
def test_more_services_cost_no_more_queries(site: Site, address: str) -> None:
    site.redis()
    set_variables(site.alice.actor, site.environment, None, {"VERSION": "1"})
    live(site, "web", "first")
    measured(site)
    queries(site, address)
    forgotten()
    few = queries(site, address)
    live(site, "second", "third", "fourth")
    measured(site)

    assert queries(site, address) == few


@pytest.mark.parametrize("address", [LIVE, f"{LIVE}?span=6h", "/shop/production/live/overview/"])
def test_more_ticks_and_decisions_cost_no_more_queries(
    site: Site, clock: Clock, address: str
) -> None:
    site.redis()
    live(site, "web", "api")
    measured(site, ticks=2)
    decided(site, clock, range(30, 31))
    few = queries(site, address)
    decided(site, clock, range(30))
    measured(site, ticks=60)

    assert queries(site, address) == few


def decided(site: Site, clock: Clock, ago_min: range) -> None:
    """A decision about each service so many minutes ago."""
    ScalingEvent.objects.bulk_create(
        ScalingEvent(
            service=service,
            at=clock.at - timedelta(minutes=number),
            origin="policy",
            before=1,
            after=1,
            counts=at_rest(1),
            numbers={},
        )
        for service in site.environment.services.all()
        for number in ago_min
    )


@pytest.mark.parametrize("address", [LIVE, f"{LIVE}?span=7d", "/shop/production/live/overview/"])
def test_what_was_measured_is_read_once_for_all_who_look(
    site: Site, clock: Clock, address: str
) -> None:
    site.redis()
    live(site, "web", "api")
    measured(site)

    first, second = asked(site.alice, address), asked(site.bob, address)

    samples = [sum("samples" in sql for sql in queries) for queries in (first, second)]
    assert samples[0] > 0
    assert samples[1] == 0


def test_a_second_viewer_with_the_same_rights_costs_no_look_at_what_stands(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.redis("store")
    live(site, "web")
    measured(site)
    monkeypatch.setattr("platform_admin.live.fragment.SHARED_S", 60.0)
    monkeypatch.setattr("platform_admin.live.fragment._shared", {})
    first, second = asked(site.alice, LIVE), asked(site.alice, LIVE)
    assert len(first) - len(second) >= 8
    assert not [each for each in second if "platform_admin_instance" in each]
    # What was measured is kept for everybody: of the hour, and of the last minutes.
    assert len(asked(site.bob, LIVE)) >= len(first) - 4
