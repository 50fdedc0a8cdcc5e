from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from platform_admin.models import Colour
from tests.platform_admin.pages.site import Site


def test_somebody_without_an_app_is_taught_by_one_sentence_and_one_button(site: Site) -> None:
    page = site.charlie.browser.get("/").content.decode()

    assert "Create your first app" in page
    assert "shop" not in page


def test_it_lists_the_apps_of_the_persons_teams_with_how_they_stand(site: Site) -> None:
    site.live(site.service())

    page = site.bob.browser.get("/").content.decode()

    assert "1 service, 1 of 1 instance." in page
    assert "Nothing needs you: what is live runs as it should." in page


def test_what_has_no_healthy_instance_stands_on_top(site: Site) -> None:
    web = site.service()
    site.live(web)
    web.instances.update(healthy=False)
    long_ago = timezone.now() - timedelta(hours=1)
    Colour.objects.update(acknowledged_at=long_ago)

    page = site.alice.browser.get("/").content.decode()

    assert "What needs you" in page
    assert "0 of 1 instance is healthy, on release 1; 1 starting." in page


def test_a_deployment_under_way_is_shown_with_its_page(site: Site) -> None:
    found = site.deployment(site.service())

    page = site.alice.browser.get("/").content.decode()

    assert "1 deployment is under way." in page
    assert f"/shop/production/deployments/{found.number}/" in page


def test_a_failed_deployment_needs_somebody_until_a_later_one_succeeds(site: Site) -> None:
    web = site.service()
    site.live(web)
    site.deployment(web, state="failed", reason="It never got healthy.")

    needed = site.alice.browser.get("/").content.decode()
    site.deployment(web, state="succeeded")

    assert "Deployment 1 failed: It never got healthy." in needed
    assert "Nothing needs you" in site.alice.browser.get("/").content.decode()


def test_a_failed_deployment_of_what_was_never_live_is_told_once(site: Site) -> None:
    site.deployment(site.service(), state="failed", reason="It never got healthy.")

    page = site.alice.browser.get("/").content.decode()

    assert page.count("Deployment 1 failed: It never got healthy.") == 1
    assert "Never live: its last deployment failed." not in page


def test_an_operator_sees_the_apps_of_all_teams(site: Site) -> None:
    assert "shop" in site.olga.browser.get("/").content.decode()


def test_search_finds_by_parts_of_the_whole_name_and_opens_a_single_hit(site: Site) -> None:
    site.service()
    site.redis()

    several = site.bob.browser.get("/search", {"q": "SHOP"}).content.decode()
    one = site.bob.browser.get("/search", {"q": "shop/web"})

    assert "shop / production / store" in several
    assert one.headers["Location"] == "/shop/production/web/"


def test_search_does_not_find_what_is_of_another_team(site: Site) -> None:
    page = site.charlie.browser.get("/search", {"q": "shop"}).content.decode()

    assert "Nothing of yours" in page
