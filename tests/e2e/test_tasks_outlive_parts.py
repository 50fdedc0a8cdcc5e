"""What runs on the local cluster lives on when any part but its keeper dies."""

from __future__ import annotations

import pytest

from tests.e2e import apps, hurt
from tests.e2e.browser import Browser
from tests.e2e.muster import Muster, until
from tests.e2e.person import App
from tests.e2e.story import Failures, Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(400)]
PARTS = (
    "afterwards", "observe", "cron", "gunicorn", "nomad_api", "consul_api", "edge", "valkey",
    "postgres", "worker-deploy-1", "worker-deploy-2", "worker-default", "worker-observe",
    "worker-replay", "worker-scale", "worker-traffic",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(dev: Browser, releases: Releases, failures: Failures) -> App:
    """A small app, live; nothing else moves any more."""
    releases.back()
    failures.cancelled()
    made = apps.echo(dev, "lasting")
    ended = made.follow(made.deploy("the first one"))
    assert ended.sentence == "succeeded", ended.words
    return made


@pytest.mark.parametrize("part", PARTS)
def test_tasks_outlive_every_other_part(app: App, muster: Muster, part: str) -> None:
    before = muster.tasks()
    assert before

    hurt.kill(muster, [part])

    until(lambda: muster.told(part)["pid"] and muster.told(part)["answers"] is not False, 60)
    assert before.items() <= muster.tasks().items()
