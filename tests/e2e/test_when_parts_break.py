"""Any part may die or hang during a deployment or a scaling: both end rightly all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.e2e import apps, books, breaking, hurt
from tests.e2e.breaking import ALL, DEPLOYMENT, USUAL, Came, Row
from tests.e2e.browser import Browser
from tests.e2e.load import REQUESTS_PER_S, Load, load
from tests.e2e.muster import READY, Muster, until
from tests.e2e.orders import Orders, orders
from tests.e2e.person import App, address
from tests.e2e.story import Failures, Releases

pytestmark = pytest.mark.timeout(400)
FEWEST, MOST = 1, 3
# An echo answers after 50 ms, so a load of any size breaks this target.
FOLLOWS = {"mode": "on", "latency_ms": "20", "minimum": str(FEWEST), "maximum": str(MOST)}
STAYS = {"mode": "off"}
# What falls into an edge's death, or comes while it reads its routes again.
EDGE_BACK_S = 10.0
# So long after a fault all may take that a lease, a heartbeat or an interval has to run out for.
WELL_WITHIN_S = 150


@pytest.fixture(scope="module")
def app(muster: Muster, dev: Browser, releases: Releases, failures: Failures) -> App:
    """An echo and a worker, live; nothing else moves any more."""
    muster.launcher.wait_for(READY, within_s=240)
    releases.back()
    failures.cancelled()
    made = apps.parcels(dev, "tough", maximum=MOST)
    ended = made.follow(made.deploy("the first one"))
    assert ended.sentence == "succeeded", ended.words
    made.follow_load("web", STAYS)
    return made


@pytest.fixture(scope="module")
def given(app: App, muster: Muster) -> Iterator[Orders]:
    """Orders for its worker, for as long as parts break."""
    with orders(_redis_url(app, muster)) as running:
        yield running


@pytest.fixture
def loaded(app: App, muster: Muster) -> Iterator[Load]:
    """The load on its one instance, when all is at rest."""
    app.follow_load("web", STAYS)
    app.set_count("web", FEWEST, "good")
    books.balanced(muster, app)
    with load(address(app.page("web/"), "By port")) as running:
        until(lambda: len(running.seen) > REQUESTS_PER_S, 30)
        yield running


@pytest.mark.parametrize(
    "row", [*USUAL, *(pytest.param(each, marks=pytest.mark.full) for each in ALL)], ids=str
)
def test_it_ends_rightly_with_nothing_lost(
    app: App, muster: Muster, loaded: Load, given: Orders, row: Row
) -> None:
    came = Came(", ".join(map(str, row.hits)), row.during)
    began, ends = _begin(app, row)
    until(began, 60, lambda: app.glance("web/"))

    took, first = breaking.watch(), loaded.seen[-1].ended
    for hit in row.hits:
        hurt.HOW[hit.how](muster, hit.parts)
    came.back_s = took()
    ends()
    books.balanced(muster, app)
    came.ended_s = took()
    until(lambda: _well(app.browser), WELL_WITHIN_S, lambda: app.browser.open("/status/").text)
    came.well_s = took()

    failed = loaded.failed()
    came.count(loaded, failed)
    breaking.note(came)
    late = [each for each in failed if each.began > first + came.back_s + EDGE_BACK_S]
    assert (late if row.costs else failed) == []
    assert given.wrong() == []


def _begin(app: App, row: Row) -> tuple[Callable[[], bool], Callable[[], None]]:
    """What was just asked for: whether it is under way, and a wait for its right end."""
    return _deployed(app) if row.during == DEPLOYMENT else _scaled(app, raised=row.carries)


def _deployed(app: App) -> tuple[Callable[[], bool], Callable[[], None]]:
    greeting = "two" if apps.greeting(app) == "one" else "one"
    app.set_variables({"GREETING": greeting})
    page = app.deploy(f"greet with {greeting}")

    def ended() -> None:
        told = app.follow(page, within_s=300)
        assert told.sentence == "succeeded", told.words
        until(lambda: apps.greeting(app) == greeting, 30)

    return lambda: "Watch health" in app.browser.open(page.path).text, ended


def _scaled(app: App, *, raised: bool) -> tuple[Callable[[], bool], Callable[[], None]]:
    """`raised`: under way only when more are wanted, else as soon as more are to be wanted."""
    app.follow_load("web", FOLLOWS)
    wanted = f"Healthy {MOST} of {MOST} wanted Starting 0 Draining 0"
    return (
        lambda: not raised or f"of {MOST} wanted" in app.glance("web/"),
        lambda: _seen(app, wanted, 120),
    )


def _seen(app: App, words: str, within_s: float) -> None:
    until(lambda: words in app.glance("web/"), within_s, lambda: app.glance("web/"))


def _well(browser: Browser) -> bool:
    try:
        return "Well : all parts of Muster answer." in browser.open("/status/").text
    except requests.RequestException:
        return False


def _redis_url(app: App, muster: Muster) -> str:
    """Where the app's worker takes its orders from, as its Variable in Nomad says."""
    settings = muster.settings()
    address = f"{settings['NOMAD_ADDR']}/v1/var/nomad/jobs/{app.name}-production-worker-blue"
    headers = {"X-Nomad-Token": settings["NOMAD_TOKEN"]}
    answer: Any = requests.get(f"{address}?namespace=demo", headers=headers, timeout=10).json()
    return str(answer["Items"]["REDIS_URL"])
