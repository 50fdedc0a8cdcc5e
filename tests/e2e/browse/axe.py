"""What axe finds wrong with a page: WCAG 2.2 A and AA, and what it calls best practice."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": RULES},
    # It would load our styles again, from where they are not.
    "preload": False,
}
_axe = Axe()


def violations(page: Page, within: str | None = None) -> list[str]:
    """A sentence for each element that breaks a rule; `within` leaves out all but a part."""
    found = _axe.run(page, context=within, options=OPTIONS).response["violations"]
    return [_sentence(rule, node) for rule in found for node in rule["nodes"]]


def _sentence(rule: dict[str, Any], node: dict[str, Any]) -> str:
    target = " ".join(str(each) for each in node["target"])
    return f"{rule['id']}: {target}: {node['failureSummary']}\n    {node['html'][:300]}"
