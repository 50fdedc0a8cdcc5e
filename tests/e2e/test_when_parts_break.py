"""Any part may die or hang during a deployment and a scaling: both end rightly all the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.e2e import apps, books, breaking, hurt
from tests.e2e.breaking import ALL, USUAL, Came, Row
from tests.e2e.browser import Browser
from tests.e2e.load import Load, load
from tests.e2e.muster import READY, Muster, until
from tests.e2e.orders import Orders, orders
from tests.e2e.person import App, address, give_room
from tests.e2e.story import Failures, Releases

pytestmark = pytest.mark.timeout(500)
FEWEST, MOST = 1, 3
# An echo answers after 50 ms, so a load of any size breaks this target.
FOLLOWS = {
    "mode": "on",
    "strategy": "fixed",
    "latency_ms": "20",
    "minimum": str(FEWEST),
    "maximum": str(MOST),
}
STAYS = {"mode": "off"}
DEPLOYED_PER_S, SCALED_PER_S = 10, 20
# What falls into an edge's death, or comes while it reads its routes again.
EDGE_BACK_S = 10.0
# So long after a fault all may take that a lease, a heartbeat or an interval has to run out for.
WITHIN_S = 180


@dataclass(frozen=True)
class Both:
    """An app that is deployed, with the orders of its worker, and one that is scaled."""

    deployed: App
    given: Orders
    scaled: App

    @property
    def apps(self) -> tuple[App, App]:
        return self.deployed, self.scaled


@pytest.fixture(scope="module")
def both(muster: Muster, dev: Browser, releases: Releases, failures: Failures) -> Iterator[Both]:
    """Both live; nothing else moves any more. Orders are given for as long as parts break."""
    muster.launcher.wait_for(READY, within_s=240)
    releases.back()
    failures.cancelled()
    give_room(muster.browser("olga"), "demo")
    deployed, scaled = apps.parcels(dev, "tough"), apps.echo(dev, "supple", maximum=MOST)
    for app, page in [(each, each.deploy("the first one")) for each in (deployed, scaled)]:
        ended = app.follow(page)
        assert ended.sentence == "succeeded", ended.words
    with orders(_redis_url(deployed, muster)) as given:
        yield Both(deployed, given, scaled)


@pytest.fixture
def loads(both: Both, muster: Muster) -> Iterator[tuple[Load, Load]]:
    """The loads on both, when all is at rest and the one to be scaled has one instance."""
    both.scaled.follow_load("web", STAYS)
    both.scaled.set_count("web", FEWEST, "good")
    for app in both.apps:
        books.balanced(muster, app)
    first, second = (address(app.page("web/"), "By port") for app in both.apps)
    with load(first, DEPLOYED_PER_S) as deployed, load(second, SCALED_PER_S) as scaled:
        until(lambda: len(deployed.seen) > DEPLOYED_PER_S, 30)
        yield deployed, scaled


@pytest.mark.parametrize(
    "row", [USUAL, *(pytest.param(each, marks=pytest.mark.full) for each in ALL)], ids=str
)
def test_both_end_rightly_with_nothing_lost(
    both: Both, muster: Muster, loads: tuple[Load, Load], row: Row
) -> None:
    came = Came(str(row))
    deployed = _deployed(both.deployed)
    both.scaled.follow_load("web", FOLLOWS)

    took, first = breaking.watch(), loads[0].seen[-1].ended
    with ThreadPoolExecutor(2) as pool:
        hit = pool.submit(_hit, muster, row, took)
        ended = pool.submit(_ended, deployed, took)
        _scaled(both.scaled)
        came.scaled_s = took()
        came.back_s, came.deployed_s = hit.result(), ended.result()
    for app in both.apps:
        books.balanced(muster, app)
    until(lambda: _well(muster), WITHIN_S, lambda: _status(muster))
    came.well_s = took()

    failed = [each for running in loads for each in running.failed()]
    came.count(sum(len(running.seen) for running in loads), failed)
    breaking.note(came)
    late = [each for each in failed if each.began > first + came.back_s + EDGE_BACK_S]
    assert (late if row.costs else failed) == []
    assert both.given.wrong() == []


def _hit(muster: Muster, row: Row, took: Callable[[], float]) -> float:
    for hit in row.hits:
        hurt.HOW[hit.how](muster, hit.parts)
    return took()


def _deployed(app: App) -> Callable[[], None]:
    """A wait for the right end of a deployment that is being watched now."""
    greeting = "two" if apps.greeting(app) == "one" else "one"
    app.set_variables({"GREETING": greeting})
    page = app.deploy(f"greet with {greeting}")
    until(lambda: "Watch health" in app.browser.open(page.path).text, 60)

    def ended() -> None:
        told = app.follow(page, within_s=WITHIN_S)
        assert told.sentence == "succeeded", told.words
        until(lambda: apps.greeting(app) == greeting, 30)

    return ended


def _ended(ends: Callable[[], None], took: Callable[[], float]) -> float:
    ends()
    return took()


def _scaled(app: App) -> None:
    """Nothing, once as many as the load asks for are healthy."""
    healthy = re.compile(rf"Instances {MOST} of {MOST}\b")
    until(lambda: healthy.search(app.glance("web/")), WITHIN_S, lambda: app.glance("web/"))


def _well(muster: Muster) -> bool:
    return "Well : all parts of Muster answer." in _status(muster)


def _status(muster: Muster) -> str:
    try:
        return muster.browser("dev").open("/status/").text
    except (requests.RequestException, AssertionError):
        return ""


def _redis_url(app: App, muster: Muster) -> str:
    """Where the app's worker takes its orders from, as its Variable in Nomad says."""
    settings = muster.settings()
    address = f"{settings['NOMAD_ADDR']}/v1/var/nomad/jobs/{app.name}-production-worker-blue"
    headers = {"X-Nomad-Token": settings["NOMAD_TOKEN"]}
    answer: Any = requests.get(f"{address}?namespace=demo", headers=headers, timeout=10).json()
    return str(answer["Items"]["REDIS_URL"])
