"""The same day without JavaScript: an app made, released, live, scaled and taken back by forms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browse.hands import Hands
from tests.e2e.browse.pages import pages
from tests.e2e.browse.people import People
from tests.e2e.browse.windows import Windows
from tests.e2e.conftest import Deployed
from tests.e2e.muster import until

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
APP = "plain"
# What the scripts make of it is a copy or a preview; both are there without.
_IDLE = """[...document.querySelectorAll("button[type=button]")]
  .filter((each) => each.checkVisibility()).map((each) => each.outerHTML)"""


@pytest.fixture(scope="module")
def owner(people: People) -> Iterator[Hands]:
    """An owner whose browser runs no scripts; nothing may go wrong in it."""
    windows = Windows(people)
    yield Hands(windows.open("ella", scripts=False), APP)
    windows.close()
    assert windows.trouble.taken() == []


@pytest.fixture(scope="module")
def live(owner: Hands) -> Hands:
    """The app, live after its first deployment, of which the page was loaded again and again."""
    owner.draft()
    owner.deploy("the first one")
    ended(owner)
    return owner


def ended(hands: Hands) -> None:
    """Nothing; the deployment whose page is open has succeeded."""

    def succeeded() -> bool:
        hands.page.reload()
        return "succeeded" in hands.page.get_by_role("main").inner_text()

    until(succeeded, 180)


def test_an_app_is_made_released_and_live(live: Hands) -> None:
    live.go()

    expect(live.page.get_by_role("main")).to_contain_text("1/1")


def test_a_count_is_set(live: Hands) -> None:
    live.scale("web", 2, "without scripts")

    expect(live.page.get_by_role("main")).to_contain_text("Set by hand to 2")


def test_a_release_is_taken_back(live: Hands) -> None:
    live.set_variable("GREETING", "two")
    live.deploy("another greeting")
    ended(live)

    live.go_back(1)
    ended(live)

    live.go("releases/3/")
    expect(live.page.get_by_role("main")).to_contain_text("with the content of release 1")


def test_every_page_shows_its_content_and_offers_nothing_that_does_nothing(
    windows: Windows, shop: Deployed
) -> None:
    page = windows.open("olga", scripts=False)
    idle: dict[str, list[str]] = {}

    for name, address in pages(shop.app.name).items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        idle[name] = page.evaluate(_IDLE)

    assert {name: found for name, found in idle.items() if found} == {}


def test_what_is_folded_away_opens(windows: Windows, shop: Deployed) -> None:
    page = windows.open("olga", scripts=False)
    page.goto(pages(shop.app.name)["service"])

    page.get_by_text("Nomad job", exact=True).click()

    expect(page.locator("#job-json")).to_be_visible()
