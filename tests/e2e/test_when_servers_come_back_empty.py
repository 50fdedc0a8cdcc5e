"""A Nomad or a Consul that lost all it knew: shown, and brought back."""

from __future__ import annotations

import re

import pytest

from tests.e2e import apps, books, breaking, hurt
from tests.e2e.breaking import Came
from tests.e2e.browser import Browser
from tests.e2e.load import load
from tests.e2e.muster import READY, Muster, get, until
from tests.e2e.person import App, address, give_room, states
from tests.e2e.story import Failures, Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
ADMIN = "/admin/"
NOTHING_LOST = "Every live job is in Nomad as it was registered."
HEALTHY = {"web": "healthy", "worker": "healthy", "store": "healthy"}
# Instances, routes and the edge's own entry are written again one after the other.
CONSUL_BACK_S = 60


@pytest.fixture(scope="module")
def app(muster: Muster, dev: Browser, releases: Releases, failures: Failures) -> App:
    """An echo, a worker and a redis, live; nothing else moves any more."""
    muster.launcher.wait_for(READY, within_s=240)
    releases.back()
    failures.cancelled()
    give_room(muster.browser("olga"), "demo")
    made = apps.parcels(dev, "lost")
    ended = made.follow(made.deploy("the first one"))
    assert ended.sentence == "succeeded", ended.words
    books.balanced(muster, made)
    return made


def test_what_an_emptied_consul_lost_is_written_again_by_itself(app: App, muster: Muster) -> None:
    came = Came("empty consul_api")
    with load(address(app.page("web/"), "By port"), 10) as running:
        until(lambda: len(running.seen) > 20, 30)
        took = breaking.watch()
        hurt.empty(muster, ["consul_api"])
        came.back_s = took()
        until(lambda: _answers(app), CONSUL_BACK_S)
        came.well_s = took()
        at = running.seen[-1].ended
        until(lambda: len(running.since(at)) > 50, 30)
        came.count(len(running.seen), running.failed())
        breaking.note(came)
        assert not [each for each in running.since(at) if not each.ok]

    books.balanced(muster, app)
    assert states(app.page()) == HEALTHY


def test_what_an_emptied_nomad_lost_is_shown_as_drift_and_one_button_brings_it_back(
    app: App, muster: Muster
) -> None:
    greeting, operator = apps.greeting(app), muster.browser("olga")
    came, took = Came("empty nomad_api"), breaking.watch()

    hurt.empty(muster, ["nomad_api"])
    came.back_s = took()
    lost = "web: the job is missing in Nomad; worker: the job is missing in Nomad."
    until(lambda: lost in app.glance(), 60, app.glance)
    page = operator.open(ADMIN)
    assert "services not in Nomad as they should be" in page.text
    said = operator.press(page, "Bring everything back").text

    assert re.search(r"\d+ deployments bring everything back\.", said)
    until(lambda: states(app.page()) == HEALTHY, 240, app.glance)
    books.balanced(muster, app)
    came.deployed_s = took()
    until(lambda: NOTHING_LOST in operator.open(ADMIN).text, 240)
    came.well_s = took()
    breaking.note(came)
    assert apps.greeting(app) == greeting


def _answers(app: App) -> bool:
    return get(address(app.page("web/"), "By port")).status_code == 200
