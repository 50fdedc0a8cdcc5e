from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from platform_admin.models import Database, Deployment, Dump, Resource
from platform_admin.verbs.credentials import password
from platform_admin.verbs.dumps import folder, path_of
from platform_admin.verbs.external import External, register_external
from platform_admin.verbs.links import LinkFields, set_links
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


BOOKS = "/shop/production/resources/books/"
NEW_BOOKS = {"kind": "postgres", "name": "books", "cpu_mhz": "100", "version": "18"}
EXTERNAL = "/shop/production/resources/new/external/"
GIVEN = {
    "kind": "postgres",
    "name": "books",
    "host": "203.0.113.5",
    "user": "shop",
    "password": "a secret",
    "database": "orders",
}


@pytest.fixture
def runs_postgres(settings: Settings) -> None:
    """An operator who named programs and a place for data."""
    settings.MUSTER_POSTGRES_PROGRAMS = {"18": "/opt/18", "17": "/opt/17"}
    settings.MUSTER_POSTGRES_FOLDER = "/srv"


@pytest.fixture
def books(site: Site, runs_postgres: None) -> Resource:
    """A postgres that Alice added, with what it usually gets."""
    site.alice.browser.post(NEW, NEW_BOOKS)
    return Resource.objects.get(name="books")


def test_alice_adds_a_postgres_with_what_it_usually_gets(site: Site, books: Resource) -> None:
    assert (books.version, books.memory_mb, books.max_connections) == ("18", 256, 50)
    page = site.bob.browser.get(BOOKS).content.decode()
    assert "postgres 18" in page
    assert "muster_admin" in page
    assert "50 at once" in page
    assert password(books.credentials.get()) not in page


def test_a_cluster_without_a_place_for_data_offers_no_postgres(site: Site) -> None:
    page = site.alice.browser.get(NEW).content.decode()

    assert 'value="postgres"' not in page
    assert "This cluster runs no postgres" in page
    assert site.alice.browser.post(NEW, NEW_BOOKS).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [("version", "9"), ("memory_mb", "100"), ("max_connections", "2000")],
)
def test_what_a_postgres_can_not_be_is_refused_at_its_field(
    site: Site, runs_postgres: None, field: str, value: str
) -> None:
    response = site.alice.browser.post(NEW, NEW_BOOKS | {field: value})

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Resource.objects.exists()


def test_alice_adds_a_database_that_links_may_name(site: Site, books: Resource) -> None:
    wrong = site.alice.browser.post(f"{BOOKS}databases/", {"database": "Orders"})
    site.alice.browser.post(f"{BOOKS}databases/", {"database": "orders"})
    twice = site.alice.browser.post(f"{BOOKS}databases/", {"database": "orders"})

    assert (wrong.status_code, twice.status_code) == (422, 422)
    assert 'id="id_database_error"' in wrong.content.decode()
    assert Database.objects.get().name == "orders"
    page = site.alice.browser.get("/shop/production/new/").content.decode()
    for choice in ("books/app:url", "books/orders:url", "books/orders:database", "books:user"):
        assert f'value="{choice}"' in page
    assert 'value="books:url"' not in page


def test_a_link_into_a_database_is_found_again_in_the_form(site: Site, books: Resource) -> None:
    web = site.service()
    set_links(site.alice.actor, web, [LinkFields("URL", "books", "url", "orders")])

    page = site.alice.browser.get("/shop/production/web/settings/").content.decode()

    assert '<option value="books/orders:url" selected>' in page


def test_more_pools_than_connections_are_a_hint_and_no_error(site: Site, books: Resource) -> None:
    web = site.service()
    set_links(site.alice.actor, web, [LinkFields("URL", "books")])

    assert "could want 50 (web 50)" in site.bob.browser.get(BOOKS).content.decode()


def test_a_dump_is_asked_for_read_and_deleted(site: Site, books: Resource) -> None:
    Database.objects.create(resource=books, name="app")
    site.alice.browser.post(f"{BOOKS}dumps/", {"database": "app"})
    dump = Dump.objects.get()
    assert "One is being made" in site.alice.browser.get(BOOKS).content.decode()
    folder().mkdir()
    path_of(dump.pk).write_bytes(b"copied")
    Dump.objects.update(state="done", size=6)

    file = site.alice.browser.get(f"{BOOKS}dumps/{dump.pk}/")
    assert b"".join(file) == b"copied"
    name = f"shop-production-books-app-{dump.asked_at:%Y-%m-%dT%H%M}.dump"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert f"{dump.pk}" not in site.bob.browser.get(BOOKS).content.decode()
    site.alice.browser.post(f"{BOOKS}dumps/{dump.pk}/delete/")
    assert not Dump.objects.exists()


def test_why_a_dump_failed_stands_beside_it(site: Site, books: Resource) -> None:
    Dump.objects.create(resource=books, database="app", state="failed", error="No room.")

    assert "No room." in site.bob.browser.get(f"{BOOKS}live/dumps/").content.decode()


def test_alice_registers_what_runs_elsewhere_and_its_password_is_never_shown(site: Site) -> None:
    response = site.alice.browser.post(EXTERNAL, GIVEN)

    assert response.headers["Location"] == BOOKS
    page = site.alice.browser.get(BOOKS).content.decode()
    assert "203.0.113.5:5432" in page
    assert "Nobody has asked it yet." in page
    assert "a secret" not in page


def test_an_address_that_is_closed_is_refused_at_its_field(site: Site) -> None:
    response = site.alice.browser.post(EXTERNAL, GIVEN | {"host": "127.0.0.1"})

    assert response.status_code == 422
    page = response.content.decode()
    assert 'id="id_host_error"' in page
    assert "a secret" not in page


def test_a_service_that_runs_with_what_was_given_before_is_named(site: Site) -> None:
    given = External("203.0.113.5", 5432, "shop", "a secret", "orders")
    register_external(
        site.alice.actor, site.environment, name="books", kind="postgres", given=given
    )
    web = site.service()
    set_links(site.alice.actor, web, [LinkFields("URL", "books")])
    hour_ago = timezone.now() - timedelta(hours=1)
    site.deployment(web, state=Deployment.State.SUCCEEDED, started_at=hour_ago)
    said = "runs with what was given before"
    assert said not in site.bob.browser.get(BOOKS).content.decode()

    how = {key: GIVEN[key] for key in ("user", "database")} | {"host": "203.0.113.6"}
    response = site.alice.browser.post(BOOKS, how)

    assert response.status_code == 302
    assert said in site.bob.browser.get(BOOKS).content.decode()


def test_one_that_does_not_answer_says_why(site: Site) -> None:
    site.alice.browser.post(EXTERNAL, GIVEN)
    Resource.objects.update(probed_at=timezone.now(), probe_error="no route to host")

    page = site.bob.browser.get(BOOKS).content.decode()

    assert "It does not answer: no route to host" in page
