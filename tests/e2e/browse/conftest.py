from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import viewer as viewers
from tests.e2e.browse import chromium
from tests.e2e.browse.people import WAIT_S, People
from tests.e2e.browse.windows import Windows
from tests.e2e.browser import Browser as Requests
from tests.e2e.muster import Muster


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium; without one these tests are skipped."""
    # It ends with this package: while it runs, Django takes its thread for an asynchronous one.
    program = chromium.found()
    if program is None:
        pytest.skip(f"there is no Chromium: none of {', '.join(chromium.NAMES)} is on the PATH")
    expect.set_options(timeout=WAIT_S * 1000)
    with chromium.started(program) as browser:
        yield browser


@pytest.fixture(scope="package")
def people(browser: Browser, muster: Muster) -> People:
    """Everybody of the demo, before they have signed in."""
    return People(browser, muster)


@pytest.fixture(scope="package")
def vera(people: People, viewer: Requests) -> str:
    """The name of a viewer of the team, who is signed in."""
    people.meet(viewers.NAME, viewers.PASSWORD)
    return viewers.NAME


@pytest.fixture
def windows(people: People) -> Iterator[Windows]:
    """Windows for a test; nothing may go wrong in them but what the test itself takes."""
    windows = Windows(people)
    yield windows
    windows.close()
    assert windows.trouble.taken() == []
