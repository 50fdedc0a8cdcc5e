"""The operators' first page: what is Muster's own in it; the frame around it is Unfold's."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browse import axe, fits, pictures
from tests.e2e.browse.screens import PHONE_DARK, PHONE_LIGHT, WIDE_DARK, WIDE_LIGHT, Screen
from tests.e2e.browse.windows import Windows

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
# Between Unfold's bars.
OURS = "main"


@pytest.mark.parametrize(
    "screen",
    [
        PHONE_DARK,
        *(
            pytest.param(screen, marks=pytest.mark.full)
            for screen in (WIDE_LIGHT, WIDE_DARK, PHONE_LIGHT)
        ),
    ],
    ids=str,
)
def test_axe_finds_nothing_in_what_needs_an_operator(windows: Windows, screen: Screen) -> None:
    page = windows.open("olga", screen)

    page.goto("/admin/")

    expect(page.get_by_role("heading", name="Everything")).to_be_visible()
    pictures.keep(page, f"admin-{screen}")
    assert axe.violations(page, OURS) == []
    assert fits.wider(page) == []
