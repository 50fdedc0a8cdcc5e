"""One look at a page: what is wrong with it on this screen, what it weighs, a picture kept."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, Response

from tests.e2e.browse import axe, fits, pictures
from tests.e2e.browse.screens import Screen
from tests.e2e.browse.trouble import Trouble

# What is folded away is read too; a menu lies over the page, and is looked at by itself.
_UNFOLD = "document.querySelectorAll('details:not(.menu)').forEach((fold) => (fold.open = true))"


@dataclass(frozen=True)
class Look:
    """What was found; the lists are empty where nothing is wrong."""

    status: int
    violations: list[str]
    wider: list[str]
    small: list[str]
    trouble: list[str]
    bytes: int


def look(
    page: Page, address: str, name: str, screen: Screen, trouble: Trouble, *, slow: bool
) -> Look:
    """The look at this address; the picture bears this name and the screen's.

    Without `slow` it leaves out what takes long, the contrast of each word.
    """
    response = page.goto(address)
    assert response is not None
    pictures.keep(page, f"{name}-{screen}")
    page.evaluate(_UNFOLD)
    # Before axe: it puts nothing into the console that is the page's.
    went_wrong = [each for each in trouble.taken() if not _is_answer(each, response)]
    return Look(
        response.status,
        axe.violations(page, slow=slow),
        fits.wider(page),
        fits.small(page, fits.FINGER_PX if screen.touch else fits.POINTER_PX),
        went_wrong,
        len(response.body()),
    )


def _is_answer(trouble: str, response: Response) -> bool:
    """Whether this is the page's own status, which is looked at apart."""
    return response.status >= 400 and str(response.status) in trouble
