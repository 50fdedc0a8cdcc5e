"""The example broken by its buttons, under a steady load at the edge."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from tests.e2e.browser import Browser
from tests.e2e.load import Load, load
from tests.e2e.muster import READY, Muster, until
from tests.e2e.person import address
from tests.e2e.story import Failures, Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
PAGE = "/shop/production/web/"
# Two at least: that is its minimum, and the scaler may have ordered more.
ALL_HEALTHY = re.compile(r"\b(\d+) of \1 instances are healthy")
BUSY = 40


@pytest.fixture
def loaded(muster: Muster, dev: Browser, releases: Releases, failures: Failures) -> Iterator[Load]:
    """The load on the example when all of it is healthy, and nothing else moves any more."""
    muster.launcher.wait_for(READY, within_s=180)
    releases.back()
    failures.cancelled()
    until(lambda: ALL_HEALTHY.search(dev.open(PAGE).text), 120)
    with load(address(dev.open(PAGE), "By port") + "check") as running:
        until(lambda: len(running.seen) > BUSY, 30)
        yield running


def test_an_instance_that_is_stopped_gently_costs_no_request(loaded: Load, dev: Browser) -> None:
    _press(dev, "Stop one")

    until(lambda: "Nomad started another after" in dev.open(PAGE).text, 60)
    until(lambda: "seen healthy after" in dev.open(PAGE).text, 60)
    _settled(loaded)
    assert not loaded.failed()


def test_an_instance_that_is_killed_costs_only_what_it_was_working_on(
    loaded: Load, dev: Browser
) -> None:
    before, after = _press(dev, "Kill one")

    until(lambda: "Nomad started it again after" in dev.open(PAGE).text, 60)
    _settled(loaded)
    others = [each for each in loaded.failed() if each.began > after or each.ended < before]
    assert others == []


def _press(dev: Browser, button: str) -> tuple[float, float]:
    """When the press began and was answered; made again while another fault is not over."""

    def pressed() -> tuple[float, float] | None:
        page, before = dev.open(PAGE), time.monotonic()
        said = dev.press(page, button).text
        return (before, time.monotonic()) if "Below it says what follows." in said else None

    times = until(pressed, 90)
    assert times is not None
    return times


def _settled(loaded: Load) -> None:
    at = time.monotonic()
    until(lambda: len(loaded.since(at)) > BUSY, 30)
