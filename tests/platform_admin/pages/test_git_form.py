from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.utils import timezone

from platform_admin.models import Fetch, Service
from tests.platform_admin.pages.site import Site
from tests.platform_admin.pages.test_service_form import NEW, error_at, send

ADDRESS = "https://git.example.org/shop/web.git"
LIVE = "/shop/production/live/fetch/"
TYPED = {
    "source": "git",
    "git_address": ADDRESS,
    "git_ref": "main",
    "git_folder": "",
    "artifact": "",
}


def fetch(site: Site, state: str = "done", **changes: Any) -> Fetch:
    """A fetch of what is TYPED, as it stands in the table."""
    done = {"artifact": site.artifact, "commit": "a" * 40, "finished_at": timezone.now()}
    values = {"team": site.team, "address": ADDRESS, "ref": "main", "author_name": "alice"}
    return Fetch.objects.create(
        **(values | {"state": state} | (done if state == "done" else {}) | changes)
    )


def ask(site: Site, **changes: Any) -> HttpResponse:
    return site.alice.browser.post(LIVE, TYPED | changes)  # type: ignore[return-value]


def test_alice_fetches_a_branch_and_saves_what_it_brought(site: Site) -> None:
    page = ask(site).content.decode()
    asked = Fetch.objects.get()
    assert (asked.address, asked.ref, asked.author) == (ADDRESS, "main", site.alice.user)
    assert f'name="fetched" value="{asked.pk}"' in page
    assert "waits for its turn" in page

    Fetch.objects.update(state="done", artifact=site.artifact, commit="a" * 40)
    saved = send(site.alice, site, **TYPED, fetched=asked.pk)

    assert saved.status_code == 302
    assert Service.objects.get().artifact == site.artifact


def test_its_settings_name_where_it_came_from_and_offer_to_fetch_it_again(site: Site) -> None:
    fetch(site)
    site.service()

    page = site.alice.browser.get("/shop/production/web/settings/").content.decode()

    assert f'value="{ADDRESS}"' in page
    assert 'value="git" checked' in page
    assert "a" * 12 in page
    assert "Fetch again" in page


@pytest.mark.parametrize(
    ("state", "changes", "said"),
    [
        ("running", {}, "It is being fetched"),
        ("failed", {"error": "The server has no repository."}, "The server has no repository."),
        ("done", {"ref": "other"}, "This is not what was fetched"),
    ],
)
def test_nothing_is_saved_but_what_was_fetched(
    site: Site, state: str, changes: dict[str, str], said: str
) -> None:
    made = fetch(site, state, **changes)

    response = send(site.alice, site, **TYPED, fetched=made.pk)

    assert said in error_at(response, "git_address")
    assert not Service.objects.exists()


def test_what_was_not_fetched_and_what_another_team_fetched_are_not_there(site: Site) -> None:
    assert "press Fetch" in error_at(send(site.alice, site, **TYPED), "git_address")
    theirs = fetch(site, team=site.charlie.user.memberships.get().team)
    response = send(site.alice, site, **TYPED, fetched=theirs.pk)
    assert "press Fetch" in error_at(response, "git_address")


def test_how_far_it_is_shows_until_it_has_ended_and_then_the_preview_is_asked_for(
    site: Site,
) -> None:
    made = fetch(site, "running", doing="receiving", received=3 * 2**20)
    under_way = site.alice.browser.get(f"{LIVE}{made.pk}/")
    assert "Receiving, 3.0\xa0MB so far" in under_way.content.decode()
    assert "HX-Trigger-After-Swap" not in under_way.headers

    Fetch.objects.update(state="failed", error="It broke off.")
    ended = site.alice.browser.get(f"{LIVE}{made.pk}/")
    assert (ended.status_code, "It broke off." in ended.content.decode()) == (286, True)
    assert "archive-stored" in ended.headers["HX-Trigger-After-Swap"]


def test_an_address_that_is_refused_says_so_and_what_was_fetched_before_stays(site: Site) -> None:
    before = fetch(site)

    page = ask(site, git_address="http://git.example.org/a", fetched=before.pk).content.decode()

    assert "Only https is fetched" in page
    assert f'value="{before.pk}"' in page
    assert Fetch.objects.count() == 1


def test_a_fetch_is_cancelled_by_its_button(site: Site) -> None:
    made = fetch(site, "running")
    page = site.alice.browser.post(f"{LIVE}{made.pk}/cancel/").content.decode()
    made.refresh_from_db()
    assert (made.state, "alice cancelled it." in page) == ("cancelled", True)
    assert site.alice.browser.post(f"{LIVE}{UUID(int=1)}/cancel/").status_code == 404


def test_without_scripts_the_buttons_of_the_form_do_the_same(site: Site) -> None:
    page = send(site.alice, site, **TYPED, fetch="yes")
    asked = Fetch.objects.get()
    assert f'name="fetched" value="{asked.pk}"' in page.content.decode()
    assert 'value="python3 web.py"' in page.content.decode()

    send(site.alice, site, **TYPED, fetched=asked.pk, cancel_fetch="yes")
    asked.refresh_from_db()
    assert asked.state == "cancelled"
    assert not Service.objects.exists()


def test_what_enter_presses_first_saves_and_fetches_nothing(site: Site) -> None:
    page = site.alice.browser.get(NEW).content.decode()
    form = page[page.index('id="service-form"') :]
    assert "name=" not in form[form.index("<button") :].partition(">")[0]
