from __future__ import annotations

import pytest

from platform_admin.models import Reservation
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.teams import create_team
from tests.platform_admin.admin.dashboard.first_page import html_of, part
from tests.platform_admin.pages.site import LIMITS, Site


def reserve(site: Site, **changes: int) -> None:
    """A service of the team demo that has reserved so much."""
    service = site.service()
    Reservation.objects.filter(service=service).update(**changes)


def test_a_team_shows_what_it_uses_of_its_quota(site: Site) -> None:
    reserve(site, desired=2, instances=3, cpu_mhz=900, memory_mb=64)

    said = part(site, "teams")

    assert "Demo Change its quota Instances 2 of 10 3 with deployments" in said
    assert "CPU 1800 of 2000 MHz 2700 with deployments" in said
    assert "Memory 128 of 2048 MB 192 with deployments" in said
    assert 'width="90.0%"' in html_of(site, "teams")


@pytest.mark.parametrize("full", ["instances", "cpu_mhz", "memory_mb"])
def test_the_team_with_the_fullest_bar_comes_first(site: Site, full: str) -> None:
    create_team(SYSTEM, slug="idle", name="A team that does nothing", limits=LIMITS)
    little = {"desired": 1, "instances": 1, "cpu_mhz": 1, "memory_mb": 1}
    much = {"desired": 9} if full == "instances" else {full: 1900}
    reserve(site, **little | much)

    said = part(site, "teams")

    assert said.index("Demo") < said.index("A team that does nothing")


def test_a_team_over_its_quota_says_so_and_leads_to_its_quota(site: Site) -> None:
    reserve(site, desired=11, instances=11, cpu_mhz=1, memory_mb=1)

    assert "Instances 11 of 10, too many" in part(site, "teams")
    assert f"/admin/platform_admin/quota/{site.team.quota.pk}/change/" in html_of(site, "teams")
    assert 'href="/teams/demo/"' in html_of(site, "teams")


def test_ten_teams_stand_there_and_a_link_leads_to_all(site: Site) -> None:
    for number in range(9):
        create_team(SYSTEM, slug=f"team-{number}", name=f"Team {number}", limits=LIMITS)

    assert part(site, "teams").count("Change its quota") == 10
    assert "All 11 teams" in part(site, "teams")
