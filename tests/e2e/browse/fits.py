"""Whether a page fits its screen: nothing to scroll sideways, targets large enough for a finger."""

from __future__ import annotations

from playwright.sync_api import Page

FINGER_PX = 40
POINTER_PX = 24

_WIDER = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= innerWidth) return [];
  const clipped = (element) => {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflowX !== "visible") return true;
    }
    return false;
  };
  const wide = [...document.body.querySelectorAll("*")].filter(
    (element) => element.getBoundingClientRect().right > innerWidth && !clipped(element)
  );
  return [`${root.scrollWidth} px`, ...wide.map((element) => element.outerHTML.slice(0, 160))];
}"""

# Links in a sentence are as large as the sentence; everything else that is pressed is a target.
_SMALL = """(least) => {
  const targets = "button, summary, a.button, input, select, textarea, .menu a, .tabs a, .spans a";
  const found = [];
  for (const element of document.querySelectorAll(targets)) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const label = element.matches("[type=radio], [type=checkbox]") && element.closest("label");
    const box = (label || element).getBoundingClientRect();
    const flat = box.height < least;
    const thin = element.matches("button, summary, a.button") && box.width < least;
    if (box.width && (flat || thin)) {
      const size = `${Math.round(box.width)} x ${Math.round(box.height)} px`;
      found.push(`${size}: ${element.outerHTML.slice(0, 160)}`);
    }
  }
  return found;
}"""


def wider(page: Page) -> list[str]:
    """How wide the page is and what makes it so, where it is wider than its screen."""
    found: list[str] = page.evaluate(_WIDER)
    return found


def small(page: Page, least_px: int = FINGER_PX) -> list[str]:
    """What is pressed and less high than this; a button or a menu also what is less wide."""
    found: list[str] = page.evaluate(_SMALL, least_px)
    return found
