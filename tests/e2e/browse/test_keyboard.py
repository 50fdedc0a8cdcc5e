"""Pages by keyboard alone: where the focus goes, that it shows, and how menus close."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browse import axe, fits
from tests.e2e.browse.screens import PHONE_DARK, WIDE_LIGHT, Screen
from tests.e2e.browse.windows import Windows
from tests.e2e.conftest import Deployed

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
MOST_STOPS = 60
# The words of what has the focus, and whether one sees that it has it.
_FOCUSED = """() => {
  const element = document.activeElement;
  const look = getComputedStyle(element);
  const seen = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 1;
  const words = (element.ariaLabel || element.textContent || element.name || "").trim();
  return { words: words.replace(/\\s+/g, " "), seen, page: element === document.body };
}"""


def stops(page: Page, until: str) -> list[tuple[str, bool]]:
    """What Tab reaches up to these words, and whether the focus shows on each."""
    found: list[tuple[str, bool]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        found.append((focused["words"], focused["seen"]))
        if focused["words"] == until:
            return found
    raise AssertionError(f"Tab does not reach {until!r}, but {[words for words, _ in found]}")


@pytest.mark.parametrize(
    ("path", "primary"),
    [
        pytest.param("", "New app", marks=pytest.mark.full),
        pytest.param("{app}production/", "Add a service", marks=pytest.mark.full),
        ("{app}production/web/", "Scale by hand"),
        pytest.param("{app}production/releases/1/", "Deploy", marks=pytest.mark.full),
    ],
)
def test_tab_reaches_what_a_page_is_for_and_one_sees_where_one_is(
    windows: Windows, shop: Deployed, path: str, primary: str
) -> None:
    page = windows.open("dana")
    page.goto("/" + path.replace("{app}", f"{shop.app.name}/"))

    reached = stops(page, primary)

    assert reached[0][0] == "Skip to the content"
    assert [words for words, seen in reached if not seen] == []


@pytest.mark.full
def test_the_first_link_skips_to_the_content(windows: Windows) -> None:
    page = windows.open("dana")
    page.goto("/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_slash_leads_to_the_search_and_enter_searches(windows: Windows, shop: Deployed) -> None:
    page = windows.open("dana")
    page.goto("/")

    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.keyboard.type(shop.app.name)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/search?q={shop.app.name}")
    expect(page.get_by_role("main")).to_contain_text("found for")


@pytest.mark.full
def test_a_slash_that_is_typed_into_a_field_stays_there(windows: Windows) -> None:
    page = windows.open("dana")
    page.goto("/new/")

    page.get_by_label("App name").press("/")

    expect(page.get_by_label("App name")).to_have_value("/")


@pytest.mark.parametrize(
    "screen", [PHONE_DARK, pytest.param(WIDE_LIGHT, marks=pytest.mark.full)], ids=str
)
def test_escape_closes_a_menu_and_leaves_the_focus_on_it(windows: Windows, screen: Screen) -> None:
    page = windows.open("dana", screen)
    page.goto("/")
    menu = page.get_by_role("navigation", name="You").locator("summary").last

    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert axe.violations(page) == []
    assert fits.wider(page) == []
    assert fits.small(page, fits.FINGER_PX if screen.touch else fits.POINTER_PX) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="Sign out")).not_to_be_visible()
    expect(menu).to_be_focused()


@pytest.mark.full
def test_opening_one_menu_closes_the_other(windows: Windows) -> None:
    page = windows.open("dana")
    page.goto("/")
    menus = page.get_by_role("navigation", name="You").locator("summary")

    menus.first.click()
    menus.last.click()

    expect(page.locator("details.menu[open]")).to_have_count(1)
