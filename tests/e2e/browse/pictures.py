"""Pictures of pages, kept in `.screenshots` or where MUSTER_SCREENSHOTS says."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Page

CHECKOUT = Path(__file__).resolve().parents[3]


def folder() -> Path:
    """Where the pictures are kept."""
    return Path(os.environ.get("MUSTER_SCREENSHOTS") or CHECKOUT / ".screenshots")


def keep(page: Page, name: str) -> Path:
    """The file with a picture of the whole page, under this name; an older one is replaced."""
    path = folder() / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
