"""Nothing that Muster does to a service costs a request: tried under a steady load at the edge."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from signal import SIGKILL

import pytest

from tests.e2e import apps
from tests.e2e.browser import Browser
from tests.e2e.load import REQUESTS_PER_S, Load, load
from tests.e2e.muster import Muster, until
from tests.e2e.person import App, address
from tests.e2e.story import Failures, Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
SETTLE_S = 4


@pytest.fixture(scope="module")
def app(dev: Browser, releases: Releases, failures: Failures) -> App:
    """A small app of two instances, live; nothing else moves any more."""
    releases.back()
    failures.cancelled()
    made = apps.echo(dev, "busy", maximum=3)
    ended = made.follow(made.deploy("the first one"))
    assert ended.sentence == "succeeded", ended.words
    return made


@pytest.fixture
def loaded(app: App) -> Iterator[Load]:
    """The load on two instances; it goes on for a moment after what was tried."""
    _count(app, 2)
    with load(address(app.page("web/"), "By port")) as running:
        until(lambda: len(running.seen) > 40, 30)
        yield running
    assert running.rate() > REQUESTS_PER_S / 2, "the load was not what it should be"


def test_a_changed_release_costs_no_request(app: App, loaded: Load) -> None:
    greeting = _other(app)
    app.set_variables({"GREETING": greeting})

    ended = app.follow(app.deploy(f"greet with {greeting}"))

    after = _settled(loaded)
    assert ended.sentence == "succeeded", ended.words
    assert not loaded.failed()
    assert {each.greeting for each in loaded.since(after)} == {greeting}


def test_going_back_costs_no_request(app: App, loaded: Load) -> None:
    before = apps.greeting(app)

    ended = app.follow(app.go_back(1))

    after = _settled(loaded)
    assert ended.sentence == "succeeded", ended.words
    assert not loaded.failed()
    assert {each.greeting for each in loaded.since(after)} == {"one"} != {before}


def test_scaling_from_one_to_three_and_back_costs_no_request(app: App, loaded: Load) -> None:
    for count in (1, 3, 1):
        _count(app, count)
        after = _settled(loaded)
        assert len({each.instance for each in loaded.since(after)}) == count

    assert not loaded.failed()


def test_a_killed_instance_costs_only_what_it_was_working_on(
    app: App, loaded: Load, muster: Muster
) -> None:
    pid = muster.pid_of_task(loaded.seen[-1].instance)

    killed = time.monotonic()
    os.kill(pid, SIGKILL)

    until(lambda: _stands(app, 1, 2), 20)
    until(lambda: _stands(app, 2), 60)
    after = _settled(loaded)
    assert [each for each in loaded.failed() if not each.began <= killed <= each.ended] == []
    assert len({each.instance for each in loaded.since(after)}) == 2


def _count(app: App, count: int) -> None:
    """Sets how many run, and waits until as many do and no further one drains."""
    app.set_count("web", count)
    until(lambda: _stands(app, count) and "Draining" not in app.page("web/").text, 60)


def _stands(app: App, healthy: int, wanted: int | None = None) -> bool:
    """Whether the page says that so many of those that are wanted are healthy."""
    return f"Instances {healthy} of {wanted or healthy}" in app.page("web/").text


def _other(app: App) -> str:
    return "two" if apps.greeting(app) == "one" else "one"


def _settled(loaded: Load) -> float:
    """The moment from which on a few more seconds of load were watched."""
    at = time.monotonic()
    until(lambda: loaded.since(at + SETTLE_S), 30)
    return at
