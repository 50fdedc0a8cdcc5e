"""A field that was refused, while somebody mends it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browse.hands import Hands
from tests.e2e.browse.windows import Windows
from tests.e2e.conftest import Deployed

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]


def test_a_field_that_is_being_mended_is_wrong_no_more_and_the_others_stay_so(
    windows: Windows, shop: Deployed
) -> None:
    hands = Hands(windows.open("dana"), shop.app.name)
    hands.go("web/scaling/")
    page = hands.page
    least, most = (
        page.locator("#id_minimum"),
        page.locator("#id_maximum"),
    )
    least.fill("-1")
    most.fill("100000")
    hands.press("Save")
    expect(least).to_have_attribute("aria-invalid", "true")
    assert all("422" in each for each in windows.trouble.taken())
    red = least.evaluate("each => getComputedStyle(each).borderColor")

    least.press("End")
    page.keyboard.type("1")

    expect(least).not_to_have_attribute("aria-invalid", "true")
    expect(most).to_have_attribute("aria-invalid", "true")
    assert least.evaluate("each => getComputedStyle(each).borderColor") != red
    assert most.evaluate("each => getComputedStyle(each).borderColor") == red
