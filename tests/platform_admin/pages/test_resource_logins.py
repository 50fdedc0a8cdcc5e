from __future__ import annotations

import pytest
from pytest_django import Settings

from jobs.resources.postgres import login
from platform_admin.models import Deployment, Resource, Rotation
from platform_admin.verbs.credentials import credential, password
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.external import External, register_external
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.resources import create_resource
from tests.platform_admin.pages.site import Site
from tests.platform_admin.verbs.rows import succeed

BOOKS = "/shop/production/resources/books/"
ROTATE = f"{BOOKS}rotate/"
MARKER = "marker-zq8-of-nobody"


def went_live(site: Site) -> None:
    web = site.service()
    set_links(site.alice.actor, web, [LinkFields("URL", "books")])
    succeed(deploy(site.alice.actor, site.release()))


@pytest.fixture
def books(site: Site, settings: Settings) -> Resource:
    """A postgres of Muster's that web is linked to, which is live."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/18"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"
    made = create_resource(
        site.alice.actor, site.environment, name="books", kind="postgres", memory_mb=256
    )
    went_live(site)
    credential(made, login("web"))
    return made


def ended(rotation: Rotation, state: str, reason: str = "") -> None:
    rotation.deployments.update(state=state, reason=reason)


def test_alice_is_told_what_restarts_and_then_follows_it(site: Site, books: Resource) -> None:
    assert ROTATE in site.alice.browser.get(BOOKS).content.decode()
    asked = site.alice.browser.get(ROTATE).content.decode()
    assert "<li>web</li>" in asked
    assert "release commands run" in asked
    assert not Rotation.objects.exists()

    response = site.alice.browser.post(ROTATE)

    rotation = Rotation.objects.get()
    assert response.headers["Location"] == f"/shop/variables/rotations/{rotation.pk}/"
    page = site.bob.browser.get(response.headers["Location"]).content.decode()
    assert "Rotation of the login of books" in page
    assert "The new login is on its way" in page
    assert "web_login is live" in page
    assert password(rotation.credentials.get()) not in page
    assert "Its last rotation" in site.bob.browser.get(BOOKS).content.decode()


def test_where_it_failed_the_page_says_where_and_why_and_offers_another_try(
    site: Site, books: Resource
) -> None:
    site.alice.browser.post(ROTATE)
    rotation = Rotation.objects.get()
    ended(rotation, Deployment.State.FAILED, "web did not get healthy.")
    address = f"/shop/variables/rotations/{rotation.pk}/"
    page = site.alice.browser.get(address).content.decode()

    assert "failed here; web_login is live" in page
    assert "web did not get healthy. Links to books give the login before." in page
    assert "Try again" not in site.bob.browser.get(address).content.decode()
    site.alice.browser.post(f"{address}again/")
    assert rotation.deployments.count() == 2


def test_bob_sees_no_button(site: Site, books: Resource) -> None:
    assert ROTATE not in site.bob.browser.get(BOOKS).content.decode()


def test_what_is_refused_is_said_in_words(site: Site, books: Resource) -> None:
    site.alice.browser.post(ROTATE)

    response = site.alice.browser.post(ROTATE)

    assert response.status_code == 422
    assert "is under way: what is live is known when" in response.content.decode()


def test_the_login_of_a_server_elsewhere_is_typed_and_never_shown(site: Site) -> None:
    given = External("203.0.113.5", 5432, "shop", "a secret", "orders")
    register_external(
        site.alice.actor, site.environment, name="books", kind="postgres", given=given
    )
    went_live(site)
    assert 'value="shop"' in site.alice.browser.get(ROTATE).content.decode()
    wrong = site.alice.browser.post(ROTATE, {"user": "x" * 64, "password": MARKER})
    right = site.alice.browser.post(ROTATE, {"user": "shop_b", "password": MARKER})

    assert (wrong.status_code, right.status_code) == (422, 302)
    pages = [wrong.content.decode()]
    pages += [
        site.alice.browser.get(each).content.decode()
        for each in (BOOKS, ROTATE, right.headers["Location"])
    ]
    assert 'id="id_user_error"' in pages[0]
    assert not [page for page in pages if MARKER in page]


def test_a_redis_whose_login_all_share_says_so(site: Site) -> None:
    site.redis()

    page = site.alice.browser.get("/shop/production/resources/store/rotate/").content.decode()

    assert "All services share the one login of store" in page
    assert "Rotate the login</button>" not in page
