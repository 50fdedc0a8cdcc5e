"""The shop, from the forms to a request that passes web, api, redis and worker."""

from __future__ import annotations

import os
from signal import SIGKILL

import pytest

from tests.e2e.conftest import Deployed
from tests.e2e.muster import Muster, get, until
from tests.e2e.person import App, Followed, address, states

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def first(shop: Deployed) -> Followed:
    """The shop's first deployment, to its end."""
    return shop.app.follow(shop.first)


@pytest.fixture(scope="module")
def app(shop: Deployed, first: Followed) -> App:
    assert first.sentence == "succeeded", first.words
    return shop.app


def test_workers_go_live_first_then_who_is_called_then_who_calls(app: App, first: Followed) -> None:
    steps = first.words[first.words.index("Steps") :]
    shift = steps[steps.index("Shift") :]
    order = [shift.index(f"done {name}") for name in ("worker", "api", "web")]

    assert order == sorted(order)
    assert "done Provide store" in steps
    assert "The catalogue has 6 items." in steps


@pytest.mark.parametrize("label", ["For people", "By port"])
def test_a_request_passes_web_api_redis_and_worker(app: App, label: str) -> None:
    answer = get(address(app.page("web/"), label), "check")

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["ok"]
    assert found["version"] == "first"
    assert len({found["web"], found["api"], found["worker"], found["redis"]}) == 4


def test_nothing_is_addressed_by_a_typed_in_host_or_port(app: App) -> None:
    """The api's address is its link's, and who looks at the private service's page sees it."""
    inside = address(app.page("api/"), "For services")

    assert get(inside, "catalogue").json()["items"]
    assert "For people" not in app.page("api/").text


def test_the_page_shows_everything_healthy_and_nothing_to_release(app: App) -> None:
    healthy = dict.fromkeys(("web", "api", "worker", "store"), "healthy")

    assert states(app.page()) == healthy
    assert "The draft is what is live." in app.page("plan/").text


def test_the_job_on_the_page_names_no_value(app: App) -> None:
    """Variables reach an instance through Nomad's Variable, never through the job."""
    shown = app.page("worker/").text

    assert "VERSION={{ .VERSION.Value | toJSON }}" in shown
    assert "REDIS_URL={{ .REDIS_URL.Value | toJSON }}" in shown
    assert "redis://" not in shown


def test_an_instance_that_is_killed_comes_back(app: App, muster: Muster) -> None:
    by_port = address(app.page("web/"), "By port")
    instance = get(by_port, "check").json()["web"]
    before = muster.pid_of_task(instance)

    os.kill(before, SIGKILL)

    until(lambda: get(by_port).status_code == 503, 10)
    until(lambda: get(by_port).ok, 30, muster.logs)
    assert muster.pid_of_task(instance) != before
    assert get(by_port, "check").json()["ok"]
    until(lambda: "1 of 1 instance is healthy" in app.page("web/").text, 20)


def test_a_person_sets_how_many_run(app: App) -> None:
    by_port = address(app.page("web/"), "By port")

    def instances() -> set[str]:
        return {str(get(by_port, "check").json()["web"]) for _ in range(9)}

    app.set_count("web", 3)
    until(lambda: "3 of 3 instances are healthy" in app.page("web/").text, 60)
    until(lambda: len(instances()) == 3, 20)

    app.set_count("web", 1)
    until(lambda: len(instances()) == 1, 60)
    until(lambda: "1 of 1 instance is healthy, on release" in app.page("web/").text, 60)
