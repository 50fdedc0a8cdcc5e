from __future__ import annotations

import pytest

from platform_admin.models import App, Environment
from tests.platform_admin.pages.site import Site


def test_alice_creates_an_app_and_arrives_in_its_environment(site: Site) -> None:
    form = {
        "name": "blog",
        "team": site.team.pk,
        "environment": "production",
        "cell": site.cell.pk,
    }

    response = site.alice.browser.post("/new/", form)

    assert response.headers["Location"] == "/blog/production/"
    assert App.objects.get(slug="blog").team == site.team


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "name"),
        ("a" * 25, "24"),
        ("status", "status"),
        ("shop", "already"),
        ("Blog", "small letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_at_its_field_and_stays(
    site: Site, name: str, said: str
) -> None:
    form = {"name": name, "team": site.team.pk, "environment": "prod", "cell": site.cell.pk}

    response = site.alice.browser.post("/new/", form)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_name_error"' in page
    assert said in page.split('id="id_name_error"')[1].split("</div>")[0]
    assert f'value="{name}"' in page or not name
    assert 'value="prod"' in page


def test_bob_who_makes_nothing_is_told_what_he_would_need(site: Site) -> None:
    response = site.bob.browser.get("/new/")

    assert response.status_code == 403
    assert "owner or a developer" in response.content.decode()


def test_charlie_cannot_create_an_app_in_the_team_of_others(site: Site) -> None:
    form = {"name": "blog", "team": site.team.pk, "environment": "prod", "cell": site.cell.pk}

    response = site.charlie.browser.post("/new/", form)

    assert "You are in no such team" in response.content.decode()
    assert not App.objects.filter(slug="blog").exists()


def test_a_further_environment_stands_beside_the_first(site: Site) -> None:
    form = {"environment": "staging", "cell": site.cell.pk}

    response = site.alice.browser.post("/shop/new/", form)

    assert response.headers["Location"] == "/shop/staging/"
    page = site.bob.browser.get("/shop/").content.decode()
    assert "production" in page
    assert "staging" in page


def test_an_environment_that_is_taken_is_refused_at_its_field(site: Site) -> None:
    form = {"environment": "production", "cell": site.cell.pk}

    response = site.alice.browser.post("/shop/new/", form)

    assert 'id="id_environment_error"' in response.content.decode()
    assert Environment.objects.count() == 1
