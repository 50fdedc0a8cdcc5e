from __future__ import annotations

import re
from html import unescape

import pytest
from django.http import HttpResponse

from platform_admin.models import SecretVersion, Service, Variable
from platform_admin.pages.effective import effective
from platform_admin.verbs.apps import create_environment
from platform_admin.verbs.links import LinkFields, set_links
from platform_admin.verbs.secrets import secret_value, set_secret
from platform_admin.verbs.variables import set_variables
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.site import Person, Site

APP = "/shop/variables/"
ENVIRONMENT = "/shop/production/variables/"
SERVICE = "/shop/production/web/variables/"


def test_alice_sets_the_environments_values_and_they_come_back(site: Site) -> None:
    rows = {"name": ["GREETING", "", "LEVEL"], "value": ["Hello\r\nworld", "", "info"]}

    response = site.alice.browser.post(f"{ENVIRONMENT}save/", rows)

    assert response.headers["Location"] == ENVIRONMENT
    found = dict(Variable.objects.values_list("name", "value"))
    assert found == {"GREETING": "Hello\nworld", "LEVEL": "info"}
    assert "Hello\nworld" in site.bob.browser.get(ENVIRONMENT).content.decode()


def test_a_variable_that_refers_to_itself_is_refused_at_its_row_and_stays(site: Site) -> None:
    rows = {"name": ["FINE", "PATHS"], "value": ["yes", "${PATHS}:/more"]}

    response = site.alice.browser.post(f"{ENVIRONMENT}save/", rows)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-describedby="row-2"' in page
    assert 'aria-describedby="row-1"' not in page
    assert "${PATHS}:/more" in page
    assert not Variable.objects.exists()


def test_a_name_that_stands_twice_is_refused_at_its_second_row(site: Site) -> None:
    rows = {"name": ["LEVEL", "LEVEL"], "value": ["info", "debug"]}

    page = site.alice.browser.post(f"{ENVIRONMENT}save/", rows).content.decode()

    assert 'aria-describedby="row-2"' in page
    assert not Variable.objects.exists()


def test_a_secret_is_never_shown_again_only_its_version_and_date(site: Site) -> None:
    for value in ("hunter-two", "hunter-three"):
        site.alice.browser.post(f"{ENVIRONMENT}secret/", {"name": "SIGNING_KEY", "value": value})

    page = site.alice.browser.get(ENVIRONMENT).content.decode()

    assert SecretVersion.objects.count() == 2
    assert "version 2, set" in page
    assert "by alice" in page
    assert "hunter" not in page


def test_a_refused_secret_keeps_its_name_and_drops_its_value(site: Site) -> None:
    form = {"name": "not a name", "value": "hunter-two"}

    response = site.alice.browser.post(f"{ENVIRONMENT}secret/", form)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_name_error"' in page
    assert 'value="not a name"' in page
    assert "hunter" not in page


def test_a_secret_can_be_taken_out_of_the_draft(site: Site) -> None:
    site.alice.browser.post(f"{ENVIRONMENT}secret/", {"name": "KEY", "value": "hunter-two"})

    site.alice.browser.post(f"{ENVIRONMENT}secret/", {"name": "KEY", "remove": "yes"})

    page = site.alice.browser.get(ENVIRONMENT).content.decode()
    assert "KEY is out of the draft" in page
    assert "version 1, set" not in page


def test_removing_a_secret_asks_first_and_shows_no_value(site: Site) -> None:
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}secret/", {"name": "KEY", "value": "hunter-two"})

    listed = browser.get(ENVIRONMENT).content.decode()
    asked = browser.get(f"{ENVIRONMENT}secret/", {"remove": "KEY"}).content.decode()

    assert 'href="/shop/production/variables/secret/?remove=KEY"' in listed
    assert 'name="remove"' not in listed
    assert "Remove KEY?" in asked
    assert "hunter" not in asked
    assert Variable.objects.filter(name="KEY", removed=False).exists()


def test_removing_what_is_no_secret_leads_back_to_the_page(site: Site) -> None:
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}save/", {"name": ["PLAIN"], "value": ["x"]})

    for name in ("PLAIN", "NEVER_SET"):
        response = browser.get(f"{ENVIRONMENT}secret/", {"remove": name})
        assert response.headers["Location"] == ENVIRONMENT


def test_an_apps_values_and_secrets_are_set_as_an_environments_are(site: Site) -> None:
    browser = site.alice.browser

    saved = browser.post(f"{APP}save/", {"name": ["GREETING"], "value": ["Hi"]})
    browser.post(f"{APP}secret/", {"name": "KEY", "value": "hunter-two"})

    assert saved.headers["Location"] == APP
    page = site.bob.browser.get(APP).content.decode()
    assert "Hi" in page
    assert "version 1, set" in page
    assert "hunter" not in page


def test_saving_and_releasing_leads_to_the_plan(site: Site) -> None:
    rows = {"name": ["LEVEL"], "value": ["info"], "release": "yes"}

    for address in (ENVIRONMENT, APP):
        response = site.alice.browser.post(f"{address}save/", rows)
        assert response.headers["Location"] == "/shop/production/plan/"
    create_environment(site.alice.actor, site.environment.app, "staging", site.cell)
    response = site.alice.browser.post(f"{APP}save/", rows)
    assert response.headers["Location"] == f"{APP}#drafts"
    assert "/shop/staging/plan/" in site.alice.browser.get(APP).content.decode()


def test_a_preview_saves_nothing_and_says_what_would_restart(site: Site) -> None:
    site.live(site.service())
    rows = {"name": ["LEVEL"], "value": ["info"], "preview": "yes"}

    response = site.alice.browser.post(f"{ENVIRONMENT}save/", rows)

    page = response.content.decode()
    assert response.status_code == 200
    assert "production / <b>web</b>" in page
    assert "nothing restarts before" in page
    assert 'value="LEVEL"' in page
    assert not Variable.objects.exists()


@pytest.mark.parametrize("address", [APP, ENVIRONMENT, SERVICE])
def test_the_same_stands_beside_the_form_while_one_types(site: Site, address: str) -> None:
    site.live(site.service())
    rows = {"name": ["LEVEL"], "value": ["info"]}

    piece = site.alice.browser.post(f"{address}live/", rows).content.decode()
    secret = site.alice.browser.post(f"{address}live/?secret=yes", {"name": "KEY"})

    assert "production / <b>web</b>" in piece
    assert "<html" not in piece
    assert "production / <b>web</b>" in secret.content.decode()


def test_pasted_lines_come_into_the_form_and_are_not_saved(site: Site) -> None:
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}save/", {"name": ["LEVEL", "KEPT"], "value": ["info", "x"]})
    text = "# no\r\nLEVEL=debug\r\nexport NEW='a b'"

    response = browser.post(f"{ENVIRONMENT}paste/", {"pasted": text})

    page = response.content.decode()
    assert response.status_code == 200
    assert "2 pasted. Nothing is saved yet" in page
    for value in ("debug", "a b", "x"):
        assert f">{value}</textarea>" in page
    assert dict(Variable.objects.values_list("name", "value")) == {"LEVEL": "info", "KEPT": "x"}


def test_each_bad_line_is_named_and_the_text_stays_to_be_mended(site: Site) -> None:
    text = "GOOD=1\nnonsense\n1BAD=2"

    response = site.alice.browser.post(f"{ENVIRONMENT}paste/", {"pasted": text})

    page = unescape(response.content.decode())
    assert response.status_code == 422
    assert "Line 2: There is no = in it" in page
    assert "Line 3: '1BAD' is not a variable's name" in page
    assert text in page


def test_a_pasted_line_of_a_secret_is_not_shown_again(site: Site) -> None:
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}secret/", {"name": "KEY", "value": "old"})

    response = browser.post(f"{ENVIRONMENT}paste/", {"pasted": "A=1\nKEY=hunter-two"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Line 2: KEY is a secret here" in page
    assert "hunter" not in page
    assert 'value="A"' in page


def test_which_secrets_pasted_lines_would_be_is_said_without_their_values(site: Site) -> None:
    data = {"pasted": "# mine\nKEY=hunter-two", "secrets": "look"}

    page = site.alice.browser.post(f"{ENVIRONMENT}paste/", data).content.decode()

    assert "Would be secrets: KEY (line 2)" in page
    assert "hunter" not in page
    assert not SecretVersion.objects.exists()


def test_pasted_lines_become_secrets_all_or_none(site: Site) -> None:
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}save/", {"name": ["PLAIN"], "value": ["x"]})
    text = "KEY=hunter-two\nPLAIN=hunter"

    refused = browser.post(f"{ENVIRONMENT}paste/", {"pasted": text, "secrets": "set"})
    assert "Line 2: PLAIN is already a plain variable" in refused.content.decode()
    assert "hunter" not in refused.content.decode()
    assert not SecretVersion.objects.exists()
    browser.post(f"{ENVIRONMENT}paste/", {"pasted": "KEY=hunter-two", "secrets": "set"})

    assert secret_value(site.environment, None, "KEY", 1) == "hunter-two"


@pytest.mark.parametrize("address", [APP, ENVIRONMENT, SERVICE])
def test_more_than_fits_is_refused_with_the_bytes_at_every_door(site: Site, address: str) -> None:
    site.service()
    browser, large = site.alice.browser, "x" * 65_532
    text = "Names and values of a service take 65537 bytes together, and Nomad holds 65536"

    for where, data in (
        ("save", {"name": ["LARGE"], "value": [large]}),
        ("secret", {"name": "LARGE", "value": large}),
        ("paste", {"pasted": f"LARGE={large}", "secrets": "set"}),
    ):
        response = browser.post(f"{address}{where}/", data)
        assert response.status_code == 422, where
        assert f"{text}: shorten them by 1 bytes" in response.content.decode(), where
    assert not Variable.objects.exists()


def test_a_services_page_says_where_each_value_comes_from_and_what_it_hides(site: Site) -> None:
    site.service()
    browser = site.alice.browser
    browser.post(f"{APP}save/", {"name": ["GREETING", "ZONE"], "value": ["Hello", "eu"]})
    browser.post(f"{APP}secret/", {"name": "LEVEL", "value": "hunter-two"})
    browser.post(f"{ENVIRONMENT}save/", {"name": ["GREETING", "LEVEL"], "value": ["Hi", "info"]})
    browser.post(f"{SERVICE}save/", {"name": ["GREETING"], "value": ["Welcome"]})

    found = {each.name: each for each in effective(Service.objects.get())}
    page = site.bob.browser.get(SERVICE).content.decode()

    assert [(each.name, each.value, each.source) for each in found.values()] == [
        ("GREETING", "Welcome", "this service"),
        ("LEVEL", "info", "the environment"),
        ("ZONE", "eu", "the app"),
    ]
    assert found["GREETING"].hides == ("the environment’s “Hi”", "the app’s “Hello”")
    assert found["LEVEL"].hides == ("the app’s secret",)
    assert "hides the app’s “Hello”" in page
    assert "hunter" not in page


def test_a_name_says_that_the_next_release_restarts_the_service(site: Site) -> None:
    web, _ = site.service(), site.redis()
    set_variables(site.alice.actor, site.environment, None, {"SAME": "1", "LEVEL": "info"})
    site.live(web)
    set_variables(site.alice.actor, site.environment, None, {"SAME": "1", "LEVEL": "debug"})
    set_secret(site.alice.actor, site.environment, None, "KEY", "x")
    set_links(site.alice.actor, web, [LinkFields("REDIS_URL", "store")])

    found = {each.name: each.waits for each in effective(Service.objects.get())}

    assert found == {"SAME": False, "LEVEL": True, "KEY": True, "REDIS_URL": True}
    page = site.bob.browser.get(SERVICE).content.decode()
    assert page.count("the next release restarts web") == 3


def test_a_secret_can_be_generated_and_is_shown_to_nobody(site: Site) -> None:
    form = {"name": "KEY", "generate": "yes", "length": "40", "alphabet": "hex"}

    answer = site.alice.browser.post(f"{ENVIRONMENT}secret/", form, follow=True)

    value = secret_value(site.environment, None, "KEY", 1)
    assert re.fullmatch("[0-9a-f]{40}", value)
    page = answer.content.decode()
    assert "Version 1 of KEY was generated and is shown to nobody" in page
    assert value not in page


def test_what_could_be_guessed_is_not_generated(site: Site) -> None:
    form = {"name": "KEY", "generate": "yes", "length": "8", "alphabet": "url"}

    response = site.alice.browser.post(f"{ENVIRONMENT}secret/", form)

    assert response.status_code == 422
    assert "8 characters can not be: choose 22 to 512" in response.content.decode()
    assert not SecretVersion.objects.exists()


def test_bob_reads_plain_values_and_changes_none(site: Site) -> None:
    rows = {"name": ["LEVEL"], "value": ["debug"]}

    assert site.bob.browser.get(ENVIRONMENT).status_code == 200
    assert site.bob.browser.post(f"{ENVIRONMENT}save/", rows).status_code == 403
    assert site.charlie.browser.post(f"{ENVIRONMENT}save/", rows).status_code == 404
    assert not Variable.objects.exists()


def saved(person: Person, seen: str, **values: str) -> HttpResponse:
    """The answer to these rows of the environment, sent by who saw these values."""
    rows = {"name": list(values), "value": list(values.values()), "seen": seen}
    return person.browser.post(f"{ENVIRONMENT}save/", rows)  # type: ignore[return-value]


def seen_by(person: Person) -> str:
    return form_with(person.browser.get(ENVIRONMENT).content.decode(), "seen")["seen"]


def test_what_somebody_added_or_set_meanwhile_is_told_before_it_is_undone(site: Site) -> None:
    saved(site.alice, seen_by(site.alice), LEVEL="info")
    seen = seen_by(site.alice)
    saved(site.olga, seen_by(site.olga), LEVEL="debug", ADDED="x")

    refused = saved(site.alice, seen, LEVEL="warning")

    page = unescape(refused.content.decode())
    assert refused.status_code == 422
    assert "ADDED: Somebody changed this meanwhile, from nothing to x: save again" in page
    assert 'id="row-1"' in page
    assert "from info to debug: save again" in page
    assert dict(Variable.objects.values_list("name", "value")) == {"LEVEL": "debug", "ADDED": "x"}
    again = form_with(refused.content.decode(), "seen")["seen"]
    assert saved(site.alice, again, LEVEL="warning").status_code == 302
    assert dict(Variable.objects.values_list("name", "value")) == {"LEVEL": "warning"}


def test_what_somebody_removed_meanwhile_does_not_come_back_untold(site: Site) -> None:
    saved(site.alice, seen_by(site.alice), LEVEL="info", OLD="x")
    seen = seen_by(site.alice)
    saved(site.olga, seen_by(site.olga), LEVEL="info")

    refused = saved(site.alice, seen, LEVEL="info", OLD="x")

    assert refused.status_code == 422
    assert "from x to nothing: save again" in unescape(refused.content.decode())
    assert not Variable.objects.filter(name="OLD").exists()


def test_what_both_wanted_is_no_conflict(site: Site) -> None:
    seen = seen_by(site.alice)
    saved(site.olga, seen, LEVEL="info")

    assert saved(site.alice, seen, LEVEL="info").status_code == 302
