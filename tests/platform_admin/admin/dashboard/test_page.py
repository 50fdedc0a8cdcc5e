from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.teams import create_team
from tests.platform_admin.admin.dashboard.first_page import NODES, PAGE, grown, part
from tests.platform_admin.pages.measuring import WEB, at_rest, moved, tick
from tests.platform_admin.pages.site import LIMITS, Person, Site

QUERIES = 14
"""Of the page, whatever stands on it; two of them are the session and the person."""


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("address", [PAGE, NODES])
def test_an_owner_a_viewer_and_a_stranger_stay_outside(site: Site, name: str, address: str) -> None:
    person: Person = getattr(site, name)

    response = person.browser.get(address, follow=True)

    assert response.status_code == 403
    assert "Only operators may enter here" in response.content.decode()


@pytest.mark.parametrize("address", [PAGE, NODES])
def test_who_is_not_signed_in_is_sent_to_sign_in(site: Site, client: Client, address: str) -> None:
    last = client.get(address, follow=True).redirect_chain[-1][0]

    assert last == f"/accounts/login/?next={address}"


def test_a_piece_whose_session_ended_loads_the_whole_page_again(site: Site, client: Client) -> None:
    for browser in (client, site.bob.browser):
        response = browser.get(NODES, headers={"HX-Request": "true"})
        assert response.headers["HX-Refresh"] == "true"
        assert response.content == b""


def test_it_costs_the_same_few_queries_for_one_team_and_for_many(site: Site) -> None:
    full(site, "web")
    few = queries(site)
    for number in range(3):
        create_team(SYSTEM, slug=f"team-{number}", name=f"Team {number}", limits=LIMITS)
        full(site, f"more{number}")

    assert (few, queries(site)) == (QUERIES, QUERIES)
    assert part(site, "crowded").count("its maximum is 5") == 4


def full(site: Site, name: str) -> None:
    """A service at its limit whose deployment failed."""
    service = grown(site, at_rest(1), name)
    site.deployment(service, state="failed", finished_at=timezone.now())
    services = list(site.environment.services.all())
    tick(timezone.now(), services, WEB, moved(5, proposal=7, bounds=5))


def queries(site: Site) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert site.olga.browser.get(PAGE).status_code == 200
    return len(captured)
