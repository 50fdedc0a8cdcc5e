"""The windows of a test: all are closed at its end, and nothing may have gone wrong in any."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page

from tests.e2e.browse.people import People
from tests.e2e.browse.screens import WIDE_LIGHT, Screen
from tests.e2e.browse.trouble import Trouble


@dataclass(frozen=True)
class Windows:
    """What has been opened, and what went wrong in it."""

    people: People
    trouble: Trouble = field(default_factory=Trouble)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self, person: str | None, screen: Screen = WIDE_LIGHT, *, scripts: bool = True
    ) -> Page:
        """An empty window in which this person is signed in."""
        context = self.people.context(person, screen, scripts=scripts)
        self._contexts.append(context)
        self.trouble.watch(context)
        return context.new_page()

    def close(self) -> None:
        """Nothing; all are closed."""
        for context in self._contexts:
            context.close()
