from __future__ import annotations

from html import unescape

from django.http import HttpResponse

from platform_admin.models import SecretVersion, Variable
from tests.platform_admin.admin.page import form_with
from tests.platform_admin.pages.site import Person, Site

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


def test_a_services_page_says_where_each_value_comes_from_and_which_wins(site: Site) -> None:
    site.service()
    browser = site.alice.browser
    browser.post(f"{ENVIRONMENT}save/", {"name": ["GREETING", "LEVEL"], "value": ["Hi", "info"]})
    browser.post(f"{SERVICE}save/", {"name": ["GREETING"], "value": ["Welcome"]})

    page = site.bob.browser.get(SERVICE).content.decode()

    assert "Welcome" in page
    assert page.count("from the environment") == 2
    assert page.count("not used: this service&#x27;s own value wins") == 1


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
