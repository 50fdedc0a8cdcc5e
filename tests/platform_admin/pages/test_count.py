"""The card that says how many instances are wanted, and lets a person say so."""

from __future__ import annotations

import re

from platform_admin.models import ScalingEvent, Service
from platform_admin.verbs.desired import set_desired
from tests.platform_admin.pages.site import Site
from tests.platform_admin.pages.test_service import seen_in

PAGE = "/shop/production/web/"


def test_alice_sets_the_count_by_hand_with_a_reason(site: Site) -> None:
    web = site.service()

    response = site.alice.browser.post(f"{PAGE}scale/", {"count": "3", "reason": "lunch"})

    web.refresh_from_db()
    event = ScalingEvent.objects.get()
    assert response.headers["Location"] == PAGE
    assert (web.desired, event.before, event.after, event.reason) == (3, 1, 3, "lunch")
    assert "web from 1 to 3: lunch" in site.bob.browser.get(PAGE).content.decode()


def test_the_count_of_now_and_its_version_follow_live_and_the_field_holds_no_count(
    site: Site,
) -> None:
    web = site.service()
    site.live(web)
    page = site.alice.browser.get(PAGE).content.decode()
    field = page.split('name="count"')[1].split(">")[0]

    set_desired(site.alice.actor, web, 3)
    followed = site.alice.browser.get(f"{PAGE}live/now/", {"seen": seen_in(page)}).content.decode()

    assert "1 is wanted now." in page
    assert "value=" not in field
    [now] = re.findall(r'<div[^>]*id="count-now" hx-swap-oob="true">.*?</div>', followed, re.DOTALL)
    assert "3 are wanted now." in now
    assert 'name="version" value="1" form="by-hand"' in now


def test_a_count_for_one_that_has_moved_is_refused_with_the_new_one_and_what_was_typed_stays(
    site: Site,
) -> None:
    web = site.service()
    set_desired(site.alice.actor, web, 3)

    sent = {"count": "2", "version": "0", "reason": "lunch"}
    response = site.alice.browser.post(f"{PAGE}scale/", sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert "the count was changed meanwhile, it is 3 now." in page
    assert 'name="version" value="1"' in page
    assert 'value="2"' in page
    assert 'value="lunch"' in page
    web.refresh_from_db()
    assert web.desired == 3


def test_a_count_out_of_bounds_is_refused_at_its_field_and_stays(site: Site) -> None:
    web = site.service()

    response = site.alice.browser.post(f"{PAGE}scale/", {"count": "6", "reason": "much"})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_count_error"' in page
    assert 'value="6"' in page
    assert 'value="much"' in page
    web.refresh_from_db()
    assert web.desired == 1


def test_a_count_beyond_the_quota_is_refused_at_its_field(site: Site) -> None:
    site.service(minimum=1, maximum=10)
    site.service("api", kind="private", minimum=5)

    response = site.alice.browser.post(f"{PAGE}scale/", {"count": "9"})

    assert "quota" in response.content.decode().split('id="id_count_error"')[1]


def test_bob_and_charlie_do_not_scale(site: Site) -> None:
    site.service()

    assert "Set</button>" not in site.bob.browser.get(PAGE).content.decode()
    assert site.bob.browser.post(f"{PAGE}scale/", {"count": "2"}).status_code == 403
    assert site.charlie.browser.post(f"{PAGE}scale/", {"count": "2"}).status_code == 404
    assert Service.objects.get().desired == 1


def test_a_version_that_is_none_is_refused_in_words(site: Site) -> None:
    site.service()
    response = site.alice.browser.post(f"{PAGE}scale/", {"count": "2", "version": "abc"})

    assert response.status_code == 422
    assert "load the page again" in response.content.decode()
