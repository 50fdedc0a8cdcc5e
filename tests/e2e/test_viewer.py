"""A viewer sees all of the app, and is offered nothing that is then refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.e2e.browse.pages import pages
from tests.e2e.browser import Browser, Page
from tests.e2e.conftest import Deployed
from tests.e2e.forms import forms_in

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
# What makes or changes something as a whole, what instances wrote, and what operators look at.
REFUSED = frozenset(
    {
        "app_delete",
        "environment_delete",
        "new_app",
        "new_environment",
        "new_resource",
        "new_service",
        "resource_delete",
        "service_delete",
        "service_logs",
        "service_settings",
        "status_part",
    }
)
SIGN_OUT = "/accounts/logout/"


@pytest.fixture(scope="module")
def opened(shop: Deployed, viewer: Browser) -> dict[str, Page]:
    """What a viewer gets at the address of each page, by its name."""
    shop.app.follow(shop.first)
    return {name: viewer.open(address) for name, address in pages(shop.app.name).items()}


@pytest.fixture(scope="module")
def seen(opened: Mapping[str, Page]) -> list[Page]:
    """The pages that a viewer may read."""
    return [page for page in opened.values() if page.status == 200]


def test_a_viewer_reads_every_page_but_those_for_making(opened: dict[str, Page]) -> None:
    refused = {name for name, page in opened.items() if page.status != 200}

    assert refused == REFUSED
    assert {opened[name].status for name in refused} == {403}


def test_no_form_of_those_pages_changes_anything(seen: list[Page]) -> None:
    changing = {
        (page.path, form.action, tuple(button.words for button in form.buttons))
        for page in seen
        for form in forms_in(page.html)
        if form.method == "post" and form.action != SIGN_OUT and form.buttons
        # A replay of what is saved changes nothing.
        if not form.action.endswith("/scaling/replay/")
    }

    assert {each for each in changing if "/accounts/login/" not in each[0]} == set()


def test_no_link_of_those_pages_leads_to_a_refusal(seen: list[Page], viewer: Browser) -> None:
    links = {link for page in seen for link in re.findall(r'<a [^>]*href="(/[^"#]*)', page.html)}

    found = {link: viewer.open(link).status for link in sorted(links)}

    assert len(found) > 20
    assert {link: status for link, status in found.items() if status >= 400} == {}
