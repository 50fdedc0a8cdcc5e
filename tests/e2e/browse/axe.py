"""What axe finds wrong with a page: WCAG 2.2 A and AA, and what it calls best practice."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Contrast takes axe as long as everything else.
SLOW = "color-contrast"
_axe = Axe()


def violations(page: Page, within: str | None = None, *, slow: bool = True) -> list[str]:
    """A sentence for each element that breaks a rule, in the page or in a part of it."""
    options: dict[str, object] = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": TAGS},
        "rules": {} if slow else {SLOW: {"enabled": False}},
        # It would load our styles again, from where they are not.
        "preload": False,
    }
    found = _axe.run(page, context=within, options=options).response["violations"]
    return [_sentence(rule, node) for rule in found for node in rule["nodes"]]


def _sentence(rule: dict[str, Any], node: dict[str, Any]) -> str:
    target = " ".join(str(each) for each in node["target"])
    return f"{rule['id']}: {target}: {node['failureSummary']}\n    {node['html'][:300]}"
