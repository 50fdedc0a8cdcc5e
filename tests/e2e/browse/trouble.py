"""What goes wrong behind a page: errors in its console, requests that fail or are refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# What a page was still asking for when it was left.
LEFT = "net::ERR_ABORTED"


@dataclass
class Trouble:
    """What went wrong in all pages of a context so far."""

    seen: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Nothing; from now on it is noted."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def taken(self) -> list[str]:
        """What was noted; it is forgotten."""
        seen, self.seen = self.seen, []
        return seen

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console, {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.seen.append(f"error: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.seen.append(f"failed: {_named(request.url)} ({request.failure})")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.seen.append(f"{response.status}: {_named(response.url)}")


def _named(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
