from __future__ import annotations

import json
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.document.as_yaml import parsed
from jobs.document.schema import schema
from platform_admin.models import Service
from platform_admin.pages.file import text_of
from platform_admin.verbs.variables import set_secret
from tests.platform_admin.pages.site import Person, Site

FILE = "/shop/production/plan/file/"


def sent(person: Person, text: str, **more: str) -> Any:
    """The answer to a file that somebody sends."""
    return person.browser.post(f"{FILE}apply/", {"text": text, **more})


def seen(person: Person, text: str) -> str:
    """What the form holds of the draft as it was shown."""
    page = said(sent(person, text))
    return page.partition('name="seen" value="')[2].partition('"')[0]


def said(response: Any) -> str:
    """The page as one reads it."""
    return unescape(response.content.decode())


def test_the_draft_stands_there_without_the_secrets_values(site: Site) -> None:
    site.service()
    set_secret(site.alice.actor, site.environment, None, "KEY", "hunter-two")

    page = said(site.bob.browser.get(FILE))

    assert "memory_mb: 128" in page
    assert "KEY:" in page
    assert "hunter-two" not in page


def test_it_is_taken_along_under_its_own_name(site: Site) -> None:
    response = site.bob.browser.get(f"{FILE}download/")
    assert response["Content-Disposition"] == 'attachment; filename="shop-production.yaml"'
    assert parsed(response.content.decode()).value["app"] == "shop"


def test_what_it_would_change_is_shown_before_it_is(site: Site) -> None:
    service = site.service()
    text = text_of(site.environment).replace("memory_mb: 128", "memory_mb: 256")

    page = said(sent(site.alice, text))

    assert "memory (MB)" in page
    assert "Make it the draft: 1 change<" in page
    service.refresh_from_db()
    assert service.memory_mb == 128


def test_it_becomes_the_draft(site: Site) -> None:
    service = site.service()
    text = text_of(site.environment).replace("memory_mb: 128", "memory_mb: 256")

    response = sent(site.alice, text, apply="yes", seen=seen(site.alice, text))

    assert response.headers["Location"] == "/shop/production/plan/"
    service.refresh_from_db()
    assert service.memory_mb == 256


def test_a_draft_that_somebody_changed_since_is_not_written_over(site: Site) -> None:
    service = site.service()
    text = text_of(site.environment).replace("memory_mb: 128", "memory_mb: 256")
    shown = seen(site.alice, text)
    Service.objects.filter(pk=service.pk).update(cpu_mhz=150)

    response = sent(site.alice, text, apply="yes", seen=shown)

    assert response.status_code == 422
    assert "Somebody changed the draft since this was shown" in said(response)
    service.refresh_from_db()
    assert service.memory_mb == 128


def test_half_a_character_in_a_name_is_an_error_with_its_place(site: Site) -> None:
    response = sent(site.alice, 'format: 1\n"\\ud800": x\n')
    assert response.status_code == 422
    assert "line 2, column 1" in said(response)


def test_a_file_of_ones_own_is_read_in_place_of_the_text(site: Site) -> None:
    text = text_of(site.environment) + "variables:\n  LEVEL: info\n"
    upload = SimpleUploadedFile("mine.yaml", text.encode())

    page = said(site.alice.browser.post(f"{FILE}apply/", {"text": "no", "upload": upload}))

    assert "variable LEVEL" in page


def test_a_bound_and_a_new_service_are_named_by_their_service(site: Site) -> None:
    site.service()
    text = text_of(site.environment).replace("maximum: 5", "maximum: 6")
    assert "scaling maximum" in said(sent(site.alice, text))


def test_an_error_names_line_and_column_and_what_was_typed_stays(site: Site) -> None:
    site.service()
    text = text_of(site.environment).replace("memory_mb: 128", "memory_mb: lots")
    line = text[: text.index("memory_mb")].count("\n") + 1

    response = sent(site.alice, text)

    assert response.status_code == 422
    page = said(response)
    assert f"line {line}, column 5" in page
    assert "services.web.memory_mb" in page
    assert "memory_mb: lots\n" in page


def test_a_number_where_a_text_is_needed_is_to_be_quoted(site: Site) -> None:
    page = said(sent(site.alice, text_of(site.environment) + "variables:\n  A: 1\n"))
    assert "Found 1, expected a text. Put it in quotes." in page


def test_what_a_form_would_refuse_is_refused_at_its_place(site: Site) -> None:
    site.service()
    text = text_of(site.environment).replace("memory_mb: 128", "memory_mb: 5")
    page = said(sent(site.alice, text))
    assert "services.web.memory_mb" in page
    assert "too small for an instance" in page


def test_no_yaml_and_another_environments_file_are_refused(site: Site) -> None:
    assert "is no YAML" in said(sent(site.alice, "a: ["))
    other = text_of(site.environment).replace("production", "staging")
    assert "This is production: write production." in said(sent(site.alice, other))


def test_an_empty_text_says_what_is_expected(site: Site) -> None:
    response = sent(site.alice, "")
    assert response.status_code == 422
    assert "expected an object" in said(response)


def test_what_it_does_not_name_stays_and_a_missing_secret_is_said(site: Site) -> None:
    site.service()
    secrets = "secrets:\n  KEY: {scope: environment, version: 1}\n"
    text = f"format: 1\napp: shop\nenvironment: production\n{secrets}"
    page = said(sent(site.alice, text))
    assert "web stands not in the file, and stays as it is." in page
    assert "KEY of the environment has no value yet" in page
    assert Service.objects.filter(name="web").exists()


def test_who_only_views_finds_nothing_to_press(site: Site) -> None:
    page = said(site.bob.browser.get(FILE))
    assert "readonly" in page
    assert "Show what would change" not in page


def test_the_schema_is_for_everybody(client: Client, db: None) -> None:
    response = client.get("/api/environment.schema.json")
    assert json.loads(response.content) == schema()
