"""Deployments of one service, one after another, in the background: tests read what came of each.

Most of a deployment's time is waiting, so several stories cost hardly more than one.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.e2e.apps import PYTHON, echo, greeting
from tests.e2e.muster import Muster, until
from tests.e2e.person import App, Followed

LONGEST_S = 180


@dataclass(frozen=True)
class Outcome:
    """How a deployment ended, and what the service answered once it had."""

    ended: Followed
    greeting: str


@dataclass(frozen=True)
class Story:
    """An app to which one thing happens after the other, in a thread of its own."""

    app: App
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def then(self, act: Callable[[App], Followed]) -> Callable[[], Outcome]:
        """What comes of this act, once it is asked for; fails where the act failed."""
        told: Future[Outcome] = self._pool.submit(self._outcome, act)
        return lambda: told.result(LONGEST_S)

    def end(self) -> None:
        """Nothing; what has not begun does not happen any more."""
        self._pool.shutdown(cancel_futures=True)

    def _outcome(self, act: Callable[[App], Followed]) -> Outcome:
        return Outcome(act(self.app), greeting(self.app))


@dataclass(frozen=True)
class Releases:
    """A service goes live, changes, and goes back."""

    story: Story
    first: Callable[[], Outcome]
    changed: Callable[[], Outcome]
    back: Callable[[], Outcome]


@dataclass(frozen=True)
class Failures:
    """A service goes live; then come three deployments that must not succeed."""

    story: Story
    first: Callable[[], Outcome]
    broken_command: Callable[[], Outcome]
    never_healthy: Callable[[], Outcome]
    cancelled: Callable[[], Outcome]


def releases(muster: Muster) -> Releases:
    """The story of releases, under way."""
    story = Story(echo(muster.browser("dev"), "echo", secret="open sesame"))
    return Releases(story, story.then(_first), story.then(_changed), story.then(_back))


def failures(muster: Muster) -> Failures:
    """The story of failures, under way."""
    story = Story(echo(muster.browser("dev"), "frail"))
    return Failures(
        story,
        story.then(_first),
        story.then(_broken_command),
        story.then(_never_healthy),
        story.then(_cancelled),
    )


def _first(app: App) -> Followed:
    return app.follow(app.deploy("the first one"))


def _changed(app: App) -> Followed:
    app.set_variables({"GREETING": "two"})
    return app.follow(app.deploy("another greeting"))


def _back(app: App) -> Followed:
    return app.follow(app.go_back(1))


def _broken_command(app: App) -> Followed:
    # What must not come through: each of the failing releases greets with "two".
    app.set_variables({"GREETING": "two"})
    app.change_service("web", {"release_command": f"{PYTHON} prepare.py --broken"})
    return app.follow(app.deploy("its release command fails"))


def _never_healthy(app: App) -> Followed:
    ill = {"release_command": "", "command": f"{PYTHON} echo.py --ill", "start_limit_s": "10"}
    app.change_service("web", ill)
    return app.follow(app.deploy("it never gets healthy"))


def _cancelled(app: App) -> Followed:
    app.change_service("web", {"start_limit_s": "120"})
    page = app.deploy("cancelled while it is watched")
    until(lambda: "Watch health" in app.browser.open(page.path).text, 60)
    return app.follow(app.browser.press(app.browser.open(page.path), "Cancel"))
