"""A page while its live parts ask and are swapped: nothing typed is lost, nothing jumps."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browse.hands import Hands
from tests.e2e.browse.windows import Windows
from tests.e2e.conftest import Deployed

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
LIVE = re.compile(r"/live/now/")
SEEN = re.compile(r"seen=\w+")
# A part that is at rest asks so often; a test asks at once, as a page does that is looked at again.
ASK = "htmx.trigger(document.querySelector('[data-live]'), 'seen-again')"


@pytest.fixture
def hands(windows: Windows, shop: Deployed) -> Hands:
    """The page of a service that is live, whose part asks for itself."""
    assert shop.app.follow(shop.first).sentence == "succeeded"
    hands = Hands(windows.open("dana"), shop.app.name)
    hands.go("web/")
    return hands


def swap(page: Page) -> None:
    """Nothing; the live part has asked, was answered as if it had changed, and was swapped."""
    page.evaluate("document.querySelector('[data-live]').firstElementChild.dataset.old = 'yes'")
    page.route(LIVE, lambda route: route.continue_(url=SEEN.sub("seen=", route.request.url)))
    page.evaluate(ASK)
    expect(page.locator("[data-old]")).to_have_count(0)


def test_what_is_typed_beside_a_live_part_stays_and_so_does_the_focus(hands: Hands) -> None:
    page = hands.page
    page.get_by_label("Why", exact=True).fill("a sale that is ")
    page.get_by_label("Why", exact=True).press("End")

    swap(page)
    page.keyboard.type("not over")

    expect(page.get_by_label("Why", exact=True)).to_have_value("a sale that is not over")
    expect(page.get_by_label("Why", exact=True)).to_be_focused()


@pytest.mark.full
def test_a_button_in_a_live_part_keeps_the_focus_when_the_part_is_swapped(hands: Hands) -> None:
    button = hands.page.get_by_role("button", name="Pause scaling")
    button.focus()

    swap(hands.page)

    expect(button).to_be_focused()


def test_what_was_unfolded_stays_so_with_the_focus_and_the_page_does_not_move(hands: Hands) -> None:
    page = hands.page
    page.get_by_text("The same as a table").click()
    page.evaluate("scrollTo(0, 700)")
    before = page.evaluate("scrollY")

    swap(page)

    expect(page.get_by_role("columnheader", name="What happened")).to_be_visible()
    expect(page.get_by_text("The same as a table")).to_be_focused()
    assert page.evaluate("scrollY") == before > 0


def test_a_page_that_gets_no_answer_says_so_until_it_gets_one(
    hands: Hands, windows: Windows
) -> None:
    page = hands.page
    word = page.get_by_text("Muster does not answer.")
    expect(word).not_to_be_visible()

    def refuse(route: Route) -> None:
        route.abort("connectionrefused")

    page.route(LIVE, refuse)
    page.evaluate(ASK)
    expect(word).to_be_visible()
    page.unroute(LIVE)
    page.evaluate(ASK)

    expect(word).not_to_be_visible()
    assert windows.trouble.taken() != []


@pytest.mark.full
def test_a_part_that_is_refused_because_one_signed_out_leads_to_signing_in(hands: Hands) -> None:
    hands.page.context.clear_cookies()

    hands.page.evaluate(ASK)

    hands.page.wait_for_url("**/accounts/login/**")
