"""The distribution's Chromium: where it is, and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_S = 60


def found() -> str | None:
    """The program on the PATH; None where there is none. It is never downloaded."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def started(program: str) -> Iterator[Browser]:
    """A Chromium without a window; in its sandbox, unless root runs it, for whom it has none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0, timeout=START_S * 1000
        )
        try:
            yield browser
        finally:
            browser.close()
