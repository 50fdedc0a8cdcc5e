"""What a person does on the pages, a form at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

import requests

from tests.e2e.browser import Browser, Page
from tests.e2e.forms import Values

POLL_S = 0.5
ENDED = 286
NEW = (200, ENDED)


@dataclass(frozen=True)
class Followed:
    """A deployment's live part, from the first answer to the last; `words` is what it ended on."""

    path: str
    statuses: tuple[int, ...]
    words: str

    @property
    def sentence(self) -> str:
        """How it ended: "succeeded", "failed" or "cancelled"."""
        return self.words.split()[0]


@dataclass(frozen=True)
class App:
    """An app's one environment, and a browser that may change it."""

    browser: Browser
    name: str
    environment: str = "production"

    @property
    def path(self) -> str:
        return f"/{self.name}/{self.environment}/"

    def page(self, path: str = "") -> Page:
        """A page below the environment's."""
        return self.browser.open(f"{self.path}{path}")

    def glance(self, path: str = "") -> str:
        """The words of a page below the environment's, "" while Muster does not show it."""
        try:
            page = self.page(path)
        except requests.RequestException:
            return ""
        return page.text if page.status == 200 else ""

    def add_resource(self, name: str) -> Page:
        """The page after adding a redis."""
        page = self.browser.open(self.page().link("Add a resource"))
        return self._press(page, "Add it to the draft", {"kind": "redis", "name": name})

    def add_service(self, archive: bytes, values: Values, links: Mapping[str, str]) -> Page:
        """The page after adding a service from an archive."""
        page = self.browser.open(self.page().link("Add a service"))
        linked = {"link_variable": list(links), "link_source": list(links.values())}
        typed = {"source": "archive", **values, **(linked if links else {})}
        files = {"archive": (f"{self.name}.tar.gz", archive)}
        saved = self.browser.press(page, "Save in the draft", typed, files)
        assert saved.path == self.path, saved.text
        return saved

    def change_service(self, name: str, values: Values) -> Page:
        """The page after saving a service's settings."""
        return self._press(self.page(f"{name}/settings/"), "Save in the draft", values)

    def set_variables(self, values: Mapping[str, str], service: str = "") -> Page:
        """The page after typing these over the first plain values."""
        page = self.page(f"{service}/variables/" if service else "variables/")
        typed = {"name": list(values), "value": list(values.values())}
        return self._press(page, "Save in the draft", typed)

    def set_secret(self, name: str, value: str, service: str = "") -> Page:
        """The page after setting a secret."""
        page = self.page(f"{service}/variables/" if service else "variables/")
        return self._press(page, "Set the secret", {"name": name, "value": value})

    def set_count(self, service: str, count: int, ends: str = "hour") -> Page:
        """The service's page after setting how many are wanted: for an hour, or for "good"."""
        values = {"count": str(count), "ends": ends}
        return self._press(self.page(f"{service}/"), "Scale by hand", values)

    def follow_load(self, service: str, values: Values) -> Page:
        """The service's page about scaling after saving a policy."""
        return self._press(self.page(f"{service}/scaling/"), "Save", values)

    def deploy(self, note: str) -> Page:
        """The deployment's page after releasing and deploying the draft from the plan."""
        page = self._press(self.page("plan/"), "Release and deploy", {"note": note})
        assert re.fullmatch(rf"{self.path}deployments/\d+/", page.path), page.text
        return page

    def go_back(self, release: int) -> Page:
        """The deployment's page after going back to a release."""
        return self._press(self.page(f"releases/{release}/"), "Go back to it", {})

    def follow(self, deployment: Page, within_s: float = 120) -> Followed:
        """The deployment's live part to its end, asked for as the page does it."""
        statuses: list[int] = []
        part, end = deployment, time.monotonic() + within_s
        while part.status != ENDED:
            address = _asks(part.html)
            assert time.monotonic() < end, f"{deployment.path} did not end: {part.text}"
            time.sleep(POLL_S)
            answer = self._ask(address)
            statuses.append(answer.status if answer else 0)
            part = answer if answer and answer.status in NEW else part
        return Followed(deployment.path, tuple(statuses), part.text)

    def _ask(self, address: str) -> Page | None:
        """The live part's answer; None while Muster is away, and the page keeps asking."""
        try:
            return self.browser.open(address, live=True)
        except requests.RequestException:
            return None

    def _press(self, page: Page, button: str, values: Values) -> Page:
        answer = self.browser.press(page, button, values)
        assert answer.status == 200, answer.text
        return answer


def new_app(browser: Browser, name: str) -> App:
    """An app that was made by the form."""
    page = browser.press(browser.open("/new/"), "Create the app", {"name": name})
    app = App(browser, name)
    assert page.path == app.path, page.text
    return app


def give_room(operator: Browser, team: str) -> Page:
    """The quotas after a team was allowed more than all tests together need."""
    quota = operator.open(operator.open("/admin/platform_admin/quota/").link(f"Team {team}"))
    more = {"instances": "60", "cpu_mhz": "12000", "memory_mb": "12288"}
    saved = operator.save(quota, more)
    assert saved.path == "/admin/platform_admin/quota/", saved.text
    return saved


def states(page: Page) -> dict[str, str]:
    """How each service and resource on an environment's page stands, by its name."""
    rows = re.findall(r'id="[sr]-(\w+)".*?<td><span class="state (\w+)">', page.html, re.S)
    return dict(rows)


def address(page: Page, label: str) -> str:
    """What a service's page says under this label of its addresses."""
    found = re.search(rf"<dt>{re.escape(label)}</dt><dd>(?:<a href=\"|<code>)([^\"<]+)", page.html)
    assert found, page.text
    return unescape(found[1])


def _asks(html: str) -> str:
    """The address that a live part asks next; fails where it stopped asking."""
    found = re.search(r'data-live hx-get="([^"]+)"', html)
    assert found, html
    return unescape(found[1])
