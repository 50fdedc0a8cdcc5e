from __future__ import annotations

import pytest

from platform_admin.models import Resource
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.resources import password
from tests.platform_admin.pages.site import Site

NEW = "/shop/production/resources/new/"
PAGE = "/shop/production/resources/store/"
GOOD = {"kind": "redis", "name": "store", "cpu_mhz": "100", "memory_mb": "64"}


def test_alice_adds_a_redis_and_arrives_on_its_page(site: Site) -> None:
    response = site.alice.browser.post(NEW, GOOD)

    assert response.headers["Location"] == PAGE
    page = site.bob.browser.get(PAGE).content.decode()
    assert "shop-production-store.service.consul" in page
    assert "It starts with the next deployment." in page


@pytest.mark.parametrize(
    ("field", "value"), [("name", "live"), ("name", ""), ("memory_mb", "99999"), ("cpu_mhz", "x")]
)
def test_bad_input_is_refused_at_its_field_and_stays(site: Site, field: str, value: str) -> None:
    response = site.alice.browser.post(NEW, GOOD | {field: value})

    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert not value or f'value="{value}"' in page
    assert not Resource.objects.exists()


def test_the_page_shows_who_is_linked_and_never_the_password(site: Site) -> None:
    store, web = site.redis(), site.service()
    set_links(site.alice.actor, web, [LinkFields("REDIS_URL", "store", "url")])

    page = site.alice.browser.get(PAGE).content.decode()

    assert "REDIS_URL" in page
    assert "/shop/production/web/" in page
    assert password(store.credentials.get()) not in page


def test_alice_changes_its_size_in_the_draft(site: Site) -> None:
    store = site.redis()

    site.alice.browser.post(PAGE, {"cpu_mhz": "100", "memory_mb": "128"})

    store.refresh_from_db()
    assert store.memory_mb == 128


def test_bob_and_charlie_change_nothing(site: Site) -> None:
    store = site.redis()
    size = {"cpu_mhz": "100", "memory_mb": "128"}

    assert site.bob.browser.post(PAGE, size).status_code == 403
    assert site.charlie.browser.post(PAGE, size).status_code == 404
    store.refresh_from_db()
    assert store.memory_mb == 64
