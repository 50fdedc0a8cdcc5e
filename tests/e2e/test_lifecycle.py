"""A service from its first release to its end: suspended, resumed, restarted, deleted."""

from __future__ import annotations

import pytest
import requests

from tests.e2e.apps import echo, greeting
from tests.e2e.load import load
from tests.e2e.muster import Muster, until
from tests.e2e.outside import outside
from tests.e2e.person import address

pytestmark = [pytest.mark.full, pytest.mark.timeout(400)]
NAME = "fading"


def opened(here: str) -> requests.Response:
    """What a browser gets there."""
    return requests.get(here, headers={"Accept": "text/html"}, timeout=10)


def test_a_service_is_suspended_resumed_restarted_and_deleted(muster: Muster) -> None:
    app = echo(muster.browser("dev"), NAME, secret="open sesame")
    first = app.follow(app.deploy("the first one"))
    assert first.sentence == "succeeded", first.words
    here = address(app.page("web/"), "By port")

    app.browser.press(app.page("web/settings/"), "Suspend web", {})
    until(lambda: "This app is suspended" in opened(here).text, 60)
    assert opened(here).status_code == 503
    assert any(f"job {NAME}-production-web" in each for each in outside(muster, NAME))

    app.browser.press(app.page("web/"), "Resume", {})
    until(lambda: requests.get(here, timeout=10).ok, 60)
    assert greeting(app) == "one"

    with load(here) as running:
        restarted = app.follow(app.browser.press(app.page("web/"), "Restart", {}))
    assert restarted.sentence == "succeeded", restarted.words
    assert running.seen
    assert not running.failed()
    assert len({each.instance for each in running.seen}) == 2

    page = app.browser.press(
        app.browser.open(f"/{NAME}/settings/delete/"), f"Delete {NAME}", {"name": NAME}
    )
    until(lambda: "Gone" in app.browser.open(page.path).text, 90)
    assert outside(muster, NAME) == []
    assert requests.get(here, timeout=10).status_code == 404
    again = echo(muster.browser("dev"), NAME)
    assert "Never live" in again.page("web/").text
