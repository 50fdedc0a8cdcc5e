"""Any part of Muster may die during a deployment: it ends rightly all the same."""

from __future__ import annotations

import pytest

from tests.e2e import apps
from tests.e2e.browser import Browser
from tests.e2e.muster import Muster, until
from tests.e2e.person import App, states
from tests.e2e.story import Failures, Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(400)]
DEPLOY_WORKERS = ("worker-deploy-1", "worker-deploy-2")
OTHER_WORKERS = tuple(f"worker-{name}" for name in ("default", "observe", "scale", "traffic"))
ALONE = ("observe", "cron", "gunicorn", "nomad_api", "consul_api", "edge", "valkey", "postgres")
CRASHES = [
    ("Watch health", DEPLOY_WORKERS),
    *(("Watch health", (part,)) for part in ALONE),
    ("Shift", DEPLOY_WORKERS),
    *(("Shift", (part,)) for part in ("nomad_api", "consul_api", "edge")),
]


@pytest.fixture(scope="module")
def app(dev: Browser, releases: Releases, failures: Failures) -> App:
    """A small app, live; nothing else moves any more."""
    releases.back()
    failures.cancelled()
    made = apps.echo(dev, "tough")
    ended = made.follow(made.deploy("the first one"))
    assert ended.sentence == "succeeded", ended.words
    return made


@pytest.mark.parametrize("part", ["afterwards", *ALONE, *DEPLOY_WORKERS, *OTHER_WORKERS])
def test_tasks_outlive_every_other_part(app: App, muster: Muster, part: str) -> None:
    before = muster.tasks()
    assert before

    with muster.killed(part):
        pass

    until(lambda: muster.told(part)["pid"] and muster.told(part)["answers"] is not False, 60)
    assert before.items() <= muster.tasks().items()


@pytest.mark.parametrize(("step", "parts"), CRASHES, ids=str)
def test_a_deployment_ends_rightly_though_a_part_is_killed(
    app: App, muster: Muster, parts: tuple[str, ...], step: str
) -> None:
    greeting = f"{parts[0]} at {step}"
    app.set_variables({"GREETING": greeting})
    page = app.deploy(f"killing {greeting}")
    until(lambda: step in app.browser.open(page.path).text, 60)

    with muster.killed(*parts):
        ended = app.follow(page, within_s=300)

    assert ended.sentence == "succeeded", ended.words
    until(lambda: apps.greeting(app) == greeting, 30)
    until(lambda: states(app.page()) == {"web": "healthy"}, 60, lambda: app.page().text)
    assert "The draft is what is live." in app.page("plan/").text
