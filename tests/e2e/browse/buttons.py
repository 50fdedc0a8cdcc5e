"""What a page offers to press."""

from __future__ import annotations

from playwright.sync_api import Page

# Signing out, searching and opening a menu are everybody's.
_OFFERED = """() => [...document.querySelectorAll("main button, main [type=submit], main a.button")]
  .filter((each) => each.checkVisibility() && !each.closest("fieldset:disabled") && !each.disabled)
  .map((each) => each.textContent.trim().replace(/\\s+/g, " "))"""


def offered(page: Page) -> list[str]:
    """The words of all buttons, and links that look like one, in the page's main part."""
    found: list[str] = page.evaluate(_OFFERED)
    return found


def forms(page: Page) -> list[str]:
    """Where the forms of the main part send to that change something."""
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('main form[method=post]')].map((form) => form.action)"
    )
    return found
