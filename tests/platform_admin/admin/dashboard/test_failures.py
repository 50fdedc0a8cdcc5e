from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.platform_admin.admin.dashboard.first_page import html_of, part, shown
from tests.platform_admin.pages.site import Site


def test_a_failed_deployment_says_why_and_leads_to_its_page(site: Site) -> None:
    site.deployment(
        site.service(),
        state="failed",
        reason="web did not get healthy.",
        finished_at=timezone.now() - timedelta(hours=2),
        actor=site.alice.user,
    )

    said = part(site, "failures")

    assert "shop/production deployment 1 of Demo, by alice, 2 h ago" in said
    assert "web did not get healthy." in said
    assert "/shop/production/deployments/1/" in html_of(site, "failures")
    assert "1 failed deployment that nothing mended" in shown(site)


def test_one_that_a_later_deployment_mended_says_so(site: Site) -> None:
    web, now = site.service(), timezone.now()
    site.deployment(web, state="failed", finished_at=now)
    site.deployment(web, state="succeeded", finished_at=now)

    assert "A later one succeeded." in part(site, "failures")
    assert "that nothing mended" not in shown(site)


def test_what_succeeded_before_it_mended_nothing(site: Site) -> None:
    web, now = site.service(), timezone.now()
    site.deployment(web, state="succeeded", finished_at=now)
    site.deployment(web, state="failed", finished_at=now)

    assert "A later one succeeded." not in part(site, "failures")
    assert "1 failed deployment that nothing mended" in shown(site)


@pytest.mark.parametrize(
    "changes", [{"ago": timedelta(hours=25)}, {"state": "cancelled"}, {"state": "succeeded"}]
)
def test_only_what_failed_in_the_last_day_is_listed(
    site: Site, changes: Mapping[str, object]
) -> None:
    given = dict(changes)
    ago = given.pop("ago", timedelta())
    assert isinstance(ago, timedelta)
    ended = timezone.now() - ago
    site.deployment(site.service(), **({"state": "failed", "finished_at": ended} | given))

    assert "No deployment failed in the last day." in part(site, "failures")


def test_the_latest_failures_stand_there_and_a_link_leads_to_all(site: Site) -> None:
    web, now = site.service(), timezone.now()
    for number in range(11):
        site.deployment(web, state="failed", finished_at=now - timedelta(minutes=number))

    said = part(site, "failures")

    assert "All 11 of them" in said
    assert "deployment 1 " in said
    assert "deployment 11 " not in said
