"""Who sits in front of the browser: each signs in once, by the form, and stays signed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from tests.e2e.browse.screens import WIDE_LIGHT, Screen
from tests.e2e.muster import Muster

# A load page of a slow machine: what is waited for longer than this does not come.
WAIT_S = 30


@dataclass(frozen=True)
class People:
    """The browser, and what it keeps of everybody who signed in."""

    browser: Browser
    muster: Muster
    _kept: dict[str, StorageState] = field(default_factory=dict)

    def context(
        self, person: str | None, screen: Screen = WIDE_LIGHT, *, scripts: bool = True
    ) -> BrowserContext:
        """Windows of this person's own, on this screen; nobody's without a name."""
        context = self.browser.new_context(
            base_url=self.muster.url,
            viewport={"width": screen.width, "height": screen.height},
            has_touch=screen.touch,
            is_mobile=screen.touch,
            color_scheme=screen.scheme,
            java_script_enabled=scripts,
            storage_state=self._signed_in(person) if person else None,
        )
        context.set_default_timeout(WAIT_S * 1000)
        return context

    def meet(self, person: str, password: str) -> None:
        """Nothing; the person, who is none of the demo's, is signed in."""
        context = self.context(None)
        sign_in(context.new_page(), person, password)
        self._kept[person] = context.storage_state()
        context.close()

    def _signed_in(self, person: str) -> StorageState:
        if person not in self._kept:
            self.meet(person, self.muster.password(person))
        return self._kept[person]


def sign_in(page: Page, person: str, password: str) -> None:
    """Nothing; the page is the first one, for this person."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(person)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
