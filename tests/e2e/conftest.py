from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import pytest

from tests.e2e import apps, story
from tests.e2e import viewer as viewers
from tests.e2e.browser import Browser, Page
from tests.e2e.muster import Muster, start, until
from tests.e2e.person import App
from tests.e2e.story import Failures, Releases

STARTED = pytest.StashKey[Muster]()


@dataclass(frozen=True)
class Deployed:
    """An app, and the page of its first deployment just after it was asked for."""

    app: App
    first: Page


@pytest.fixture(scope="package")
def muster(request: pytest.FixtureRequest) -> Iterator[Muster]:
    """One Muster for all tests here; it ends with them, and nothing of it is left."""
    # Not pytest's own folder: root's Postgres runs as another user, who could not pass through.
    with tempfile.TemporaryDirectory(prefix="muster-e2e-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        with start(Path(made)) as started:
            started.wait_until_it_answers()
            request.config.stash[STARTED] = started
            yield started
            del request.config.stash[STARTED]
            assert started.launcher.end(SIGTERM, within_s=60) == 0, started.launcher.said()
            until(lambda: not started.launcher.left(), 10, started.launcher.left)


@pytest.fixture(scope="package")
def dev(muster: Muster) -> Browser:
    """The browser of a developer of the demo's team."""
    return muster.browser("dev")


@pytest.fixture(scope="package")
def viewer(muster: Muster) -> Browser:
    """The browser of a viewer of the demo's team."""
    viewers.make(muster)
    browser = Browser(muster.url)
    browser.sign_in(viewers.NAME, viewers.PASSWORD)
    return browser


@pytest.fixture(scope="package", autouse=True)
def shop(dev: Browser) -> Deployed:
    """The example, made by the forms; its deployment goes on while other tests run."""
    app = apps.shop(dev, "pier")
    return Deployed(app, app.deploy("the first one"))


@pytest.fixture(scope="package", autouse=True)
def releases(muster: Muster) -> Iterator[Releases]:
    """The story of releases; it goes on while other tests run."""
    told = story.releases(muster)
    yield told
    told.story.end()


@pytest.fixture(scope="package", autouse=True)
def failures(muster: Muster) -> Iterator[Failures]:
    """The story of failures; it goes on while other tests run."""
    told = story.failures(muster)
    yield told
    told.story.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and STARTED in item.config.stash:
        report.sections.append(("Muster's logs", item.config.stash[STARTED].logs()))
    return report
