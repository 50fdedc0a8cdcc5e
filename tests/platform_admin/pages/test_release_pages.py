from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from platform_admin.models import Colour, Deployment, Release
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.pages.site import Person, Site

ENVIRONMENT = "/shop/production/"
PLAN = f"{ENVIRONMENT}plan/"


def page(person: Person, address: str) -> str:
    return unescape(person.browser.get(address).content.decode())


def changed(site: Site) -> None:
    """A site whose web service is live, and whose draft differs in one variable."""
    web = site.service()
    set_variables(site.alice.actor, site.environment, web, {"GREETING": "Hello"})
    site.live(web)
    set_variables(site.alice.actor, site.environment, web, {"GREETING": "Welcome"})


def test_an_empty_environment_teaches_what_a_service_is(site: Site) -> None:
    shown = page(site.alice, ENVIRONMENT)

    assert "A service is one program that runs" in shown
    assert "Add a service" in shown
    assert "Review and release" not in shown


def test_a_draft_that_differs_from_what_is_live_is_announced(site: Site) -> None:
    changed(site)

    shown = page(site.bob, ENVIRONMENT)

    assert "The draft differs from what is live: 1 change in web." in shown
    assert "Review and release" in shown


def test_what_is_live_announces_nothing(site: Site) -> None:
    site.live(site.service())

    assert "Review and release" not in page(site.bob, ENVIRONMENT)


def test_the_plan_shows_each_field_before_and_after_and_that_nomad_is_away(site: Site) -> None:
    changed(site)

    shown = page(site.bob, PLAN)

    assert "variable GREETING" in shown
    assert "Hello</del>" in shown
    assert "Welcome</ins>" in shown
    assert "Nomad could not be asked" in shown


def test_a_note_with_a_null_character_is_refused_in_a_sentence(site: Site) -> None:
    changed(site)

    response = site.alice.browser.post(PLAN, {"note": "a\0b", "release": "yes"})

    assert response.status_code == 422
    assert "The note has a null character" in response.content.decode()
    assert Release.objects.count() == 1


def test_a_command_is_shown_as_it_was_typed(site: Site) -> None:
    web = site.service()
    site.live(web)
    typed = replace(fields_of(web), command="python3 web.py 'two words'")
    change_service(site.alice.actor, web, typed)

    assert "python3 web.py 'two words'</ins>" in page(site.bob, PLAN)


def test_a_new_service_shows_its_links_by_target_and_its_archive_by_the_hashs_beginning(
    site: Site,
) -> None:
    site.redis()
    links = [LinkFields("REDIS_URL", "store", "url")]
    set_links(site.alice.actor, site.service(), links)

    shown = page(site.bob, PLAN)

    assert "store · url</ins>" in shown
    assert f"{site.artifact.sha256[:12]}</ins>" in shown


def test_alice_releases_with_a_note(site: Site) -> None:
    site.service()

    response = site.alice.browser.post(PLAN, {"note": "First light", "release": "yes"})

    assert response.headers["Location"] == f"{ENVIRONMENT}releases/1/"
    assert not Deployment.objects.exists()
    shown = page(site.bob, f"{ENVIRONMENT}releases/1/")
    assert "First light" in shown
    assert "What is in the first release" in shown
    assert '"format": 1' in shown


def test_releasing_and_deploying_leads_to_the_deployment(site: Site) -> None:
    site.service()

    response = site.alice.browser.post(PLAN, {"deploy": "yes"})

    assert response.headers["Location"] == f"{ENVIRONMENT}deployments/1/"
    assert Deployment.objects.get().release.number == 1


def test_a_note_that_is_too_long_stays_and_releases_nothing(site: Site) -> None:
    site.service()

    response = site.alice.browser.post(PLAN, {"note": "x" * 201})

    assert response.status_code == 422
    assert "x" * 201 in response.content.decode()
    assert not Release.objects.exists()


def test_a_release_says_where_it_is_live_and_what_changed_since_the_one_before(site: Site) -> None:
    changed(site)
    site.release("Friendlier")

    first, second = (page(site.bob, f"{ENVIRONMENT}releases/{n}/") for n in (1, 2))

    assert "Live</span></span> in web." in first
    assert "Not live." in second
    assert "What changed since" in second
    assert "Welcome</ins>" in second


def test_going_back_deploys_a_new_release_with_the_old_content(site: Site) -> None:
    changed(site)
    second = site.release()
    Colour.objects.filter(colour="blue").update(release=second)

    response = site.alice.browser.post(f"{ENVIRONMENT}releases/1/go-back/")

    third = Release.objects.get(number=3)
    assert response.headers["Location"] == f"{ENVIRONMENT}deployments/1/"
    assert third.restores is not None
    assert third.restores.number == 1
    assert third.digest == Release.objects.get(number=1).digest


@pytest.mark.parametrize("ended", ["failed", "cancelled", None])
def test_a_release_that_was_never_live_is_deployed_not_gone_back_to(
    site: Site, ended: str | None
) -> None:
    web = site.service()
    first = site.release()
    if ended:
        site.deployment(web, state=ended, release=first)
    set_variables(site.alice.actor, site.environment, web, {"GREETING": "Hello"})
    site.live(web)

    shown = page(site.alice, f"{ENVIRONMENT}releases/1/")
    response = site.alice.browser.post(f"{ENVIRONMENT}releases/1/deploy/")

    assert "Deploy it</button>" in shown
    assert "This release was never live" in shown
    assert "Go back to it" not in shown
    assert response.headers["Location"].startswith(f"{ENVIRONMENT}deployments/")
    assert Deployment.objects.latest("pk").release == first


def test_a_release_that_was_live_once_is_gone_back_to(site: Site) -> None:
    web = site.service()
    first = site.release()
    site.deployment(web, state="succeeded", release=first)
    set_variables(site.alice.actor, site.environment, web, {"GREETING": "Hello"})
    site.live(web)

    shown = page(site.alice, f"{ENVIRONMENT}releases/1/")

    assert "Go back to it</button>" in shown
    assert "Deploy it" not in shown


def test_deploying_what_is_live_already_says_so_on_the_releases_page(site: Site) -> None:
    site.live(site.service())

    response = site.alice.browser.post(f"{ENVIRONMENT}releases/1/deploy/", follow=True)

    assert response.redirect_chain == [(f"{ENVIRONMENT}releases/1/", 302)]
    assert 'class="note error"' in response.content.decode()


def test_an_unknown_release_is_404(site: Site) -> None:
    assert site.alice.browser.get(f"{ENVIRONMENT}releases/7/").status_code == 404
    assert site.alice.browser.post(f"{ENVIRONMENT}releases/7/go-back/").status_code == 404


def test_bob_sees_releases_and_makes_none(site: Site) -> None:
    changed(site)

    assert "Owners and developers of the team can release this." in page(site.bob, PLAN)
    assert site.bob.browser.post(PLAN, {}).status_code == 403
    assert site.charlie.browser.post(PLAN, {}).status_code == 404
    assert Release.objects.count() == 1
