from __future__ import annotations

import re

import pytest

from platform_admin.pages import service_releases
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.pages.site import Person, Site

PAGE = "/shop/production/web/releases/"


def test_only_releases_that_changed_the_service_stand_there_newest_first(site: Site) -> None:
    web = site.service()
    site.release("the first one")
    site.service("api", kind="private")
    site.release("a second service")
    set_variables(site.alice.actor, site.environment, web, {"GREETING": "hello"})
    site.release("a greeting")

    page = opened(site.bob)

    assert re.findall(r'id="release-(\d+)"', page) == ["3", "1"]
    assert "<summary>variable GREETING</summary>" in page
    assert "a second service" not in page


def test_the_live_one_is_marked_and_named(site: Site) -> None:
    web = site.service()
    site.live(web)

    page = opened(site.bob)

    assert re.search(r'Release <a href="[^"]*">1</a> of web is live', page)
    assert page.count(">live</span></span>") == 1


def test_without_a_release_it_says_what_one_is(site: Site) -> None:
    site.service()

    page = opened(site.bob)

    assert "web was never live" in page
    assert "None holds web yet" in page


def test_a_change_before_the_last_releases_is_not_told_as_none(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_releases, "READ", 2)
    site.live(site.service())
    for name in ("api", "search"):
        site.service(name, kind="private")
        site.release()

    page = opened(site.bob)

    assert "None holds web yet" not in page
    assert "None of the last 2 releases changed web" in page
    assert 'href="/shop/production/releases/">All releases</a>' in page


def test_where_it_cuts_off_it_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    web = site.service()
    for number in range(3):
        set_variables(site.alice.actor, site.environment, web, {"NUMBER": str(number)})
        site.release()

    assert "older ones are among" not in opened(site.bob)
    monkeypatch.setattr(service_releases, "READ", 2)
    assert "Only the last 2 releases were looked at: older ones are among" in opened(site.bob)
    monkeypatch.setattr(service_releases, "SHOWN", 1)
    assert "Here stand the newest 1 changes: older ones are among" in opened(site.bob)


def test_deployments_of_other_services_do_not_stand_there(site: Site) -> None:
    web, api = site.service(), site.service("api", kind="private")
    site.deployment(web, state="succeeded")
    site.deployment(api, state="succeeded")

    page = opened(site.bob)

    assert "Deployment 1</a>" in page
    assert "Deployment 2</a>" not in page


def test_it_costs_as_many_queries_for_many_releases_as_for_one(
    site: Site, django_assert_max_num_queries: object
) -> None:
    web = site.service()
    for number in range(6):
        set_variables(site.alice.actor, site.environment, web, {"NUMBER": str(number)})
        site.release()

    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert opened(site.bob).count('id="release-') == 6


def test_charlie_finds_nothing(site: Site) -> None:
    site.service()

    assert site.charlie.browser.get(PAGE).status_code == 404


def opened(person: Person) -> str:
    response = person.browser.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()
