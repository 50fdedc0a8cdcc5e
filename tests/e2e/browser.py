"""A person's browser: it keeps cookies, follows redirects, and sends a page's own forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests

from tests.e2e.forms import Button, Form, Pairs, Values, forms_in

TIMEOUT_S = 30
Files = Mapping[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Page:
    """What stands in the window: `url` after all redirects."""

    url: str
    status: int
    html: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def text(self) -> str:
        """The words of the page, without its markup."""
        return words(self.html)

    def link(self, text: str) -> str:
        """Where the link with these words leads; fails where there is none."""
        for href, inner in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', self.html, re.S):
            if words(inner) == text:
                return urljoin(self.url, unescape(href))
        raise AssertionError(f"{self.url} has no link {text!r}:\n{self.text}")

    def form(self, button: str) -> Form:
        """The form with this button; fails where there is none."""
        found = [form for form in forms_in(self.html) if form.button(button)]
        assert found, f"{self.url} ({self.status}) has no button {button!r}:\n{self.text}"
        return found[0]


def words(html: str) -> str:
    """The text of some HTML, its white space single."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


class Browser:
    """A browser of its own for one person, or for one thread."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._session = requests.Session()

    def open(self, address: str, *, live: bool = False) -> Page:
        """The page at this address; `live` asks as a part of a page does that keeps itself new."""
        headers = {"HX-Request": "true"} if live else {}
        url = urljoin(self.origin, address)
        return _page(self._session.get(url, headers=headers, timeout=TIMEOUT_S))

    def press(
        self, page: Page, button: str, values: Values | None = None, files: Files | None = None
    ) -> Page:
        """The page after filling in the form with this button, and pressing it."""
        form = page.form(button)
        pressed = form.button(button)
        assert pressed is not None
        assert set(files or {}) <= form.files()
        return self._submit(page, form, form.filled(values or {}, pressed), files)

    def save(self, page: Page, values: Values) -> Page:
        """The page after saving these of an object in the admin, whose buttons stand elsewhere."""
        names = values.keys()
        form = next(
            each for each in forms_in(page.html) if names <= {one.name for one in each.controls}
        )
        return self._submit(page, form, form.filled(values, Button()))

    def _submit(self, page: Page, form: Form, pairs: Pairs, files: Files | None = None) -> Page:
        url = urljoin(page.url, form.action) if form.action else page.url
        headers = {"Referer": page.url, "Origin": self.origin}
        answer = self._session.request(
            form.method, url, data=pairs, files=dict(files or {}) or None, headers=headers,
            timeout=TIMEOUT_S,
        )  # fmt: skip
        return _page(answer)

    def send(self, address: str, token_from: Page) -> Page:
        """The answer to an empty form sent there, with the token of another page's form."""
        form = next(form for form in forms_in(token_from.html) if form.method == "post")
        pairs = [pair for pair in form.filled({}, form.buttons[0]) if "csrf" in pair[0]]
        headers = {"Referer": token_from.url, "Origin": self.origin}
        url = urljoin(self.origin, address)
        return _page(self._session.post(url, data=pairs, headers=headers, timeout=TIMEOUT_S))

    def sign_in(self, name: str, password: str) -> Page:
        """The page after signing in; fails where that is refused."""
        page = self.press(
            self.open("/accounts/login/"), "Sign in", {"username": name, "password": password}
        )
        assert "/accounts/login/" not in page.path, page.text
        return page


def _page(answer: requests.Response) -> Page:
    return Page(answer.url, answer.status_code, answer.text)
