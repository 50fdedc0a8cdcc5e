"""The example with all kinds and links, each service used through each of its links."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from jobs.document.as_yaml import parsed
from tests.e2e.muster import Muster, get, until
from tests.e2e.outside import outside
from tests.e2e.person import App, address, give_room, states
from tests.local.launch.launcher import CHECKOUT

pytestmark = pytest.mark.timeout(300)
NAME = "warehouse"


@pytest.fixture(scope="module")
def app(muster: Muster) -> Iterator[App]:
    """The warehouse, live by the command that its README names; in the end it is deleted."""
    give_room(muster.browser("olga"), "demo")
    env = {"PATH": os.environ["PATH"], **muster.settings()}
    command = [sys.executable, "manage.py", "deploy_demo", NAME]
    said = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    app = App(muster.browser("dana"), NAME)
    yield app
    page = app.browser.open(f"/{NAME}/settings/delete/")
    page = app.browser.press(page, f"Delete {NAME}", {"name": NAME})
    until(lambda: "Gone" in app.browser.open(page.path).text, 90, muster.logs)
    assert outside(muster, NAME) == []


def asked(app: App, path: str, service: str = "web", label: str = "By port") -> Any:
    """What the service answers there as JSON; fails with its words where it is no 200."""
    answer = get(address(app.page(f"{service}/"), label), path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def given(app: App) -> set[str]:
    """Each link that the environment's file names, by service and variable."""
    services = parsed(app.browser.open(f"{app.path}plan/file/download/").html).value["services"]
    return {f"{name}.{link}" for name, doc in services.items() for link in doc.get("links", {})}


def test_every_kind_of_service_and_resource_is_healthy(app: App) -> None:
    names = ("site", "web", "stock", "packer", "books", "foreman", "db", "queue", "partner")
    until(
        lambda: states(app.page()) == dict.fromkeys(names, "healthy"), 30, lambda: app.page().text
    )


def test_every_link_of_its_file_is_used(app: App) -> None:
    app.browser.press(app.page("books/runs/"), "Run now", {})
    by_port = address(app.page("web/"), "By port")
    until(lambda: get(by_port, "links").ok, 60, lambda: get(by_port, "links").text)

    used = asked(app, "links")["used"]
    assert {f"{name}.{link}" for name, found in used.items() for link in found} == given(app)
    assert used["stock"]["DB_USER"] == "stock_login"
    assert used["stock"]["DB_NAME"] == "stock"
    assert used["books"]["LEDGER_URL"] == "ledger as books_login"
    assert used["foreman"]["LEDGER_URL"] == "ledger as foreman_login"
    assert used["packer"]["QUEUE_USER"] == "default"


def test_a_label_is_followed_at_its_public_address_and_its_seal_is_genuine(app: App) -> None:
    """The packer sealed it and the web checks that, with a secret that was generated."""
    page = app.page("web/")
    ordered = requests.post(
        f"{address(page, 'By port')}parcels", data='{"item": "rope"}', timeout=30
    )
    label = ordered.json()

    assert ordered.status_code == 200, ordered.text
    public, by_name = address(page, "For people"), label["track"].partition("/parcels/")[0]
    assert by_name == public.rstrip("/")
    followed = get(public, f"parcels/{label['id']}").json()
    assert (followed["genuine"], followed["region"]) == (True, "harbour")
    assert followed["fetched"].startswith("piece ")


def test_the_web_leads_to_the_site_and_lets_only_that_read_it(app: App) -> None:
    site = address(app.page("site/"), "For people").rstrip("/")
    by_port = address(app.page("web/"), "By port")
    found = requests.get(by_port, allow_redirects=False, timeout=10)

    assert (found.status_code, found.headers["Location"]) == (303, f"{site}/")
    assert found.headers["Access-Control-Allow-Origin"] == site
    for path in ("", "any/page/of/the/app", "home"):
        page = get(site, path)
        assert "<title>The warehouse</title>" in page.text
        assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_variables_of_app_environment_and_service_come_together(app: App) -> None:
    about = asked(app, "about")

    assert about["company"] == "Quay and Crane"
    assert about["region"] == "harbour"
    assert about["title"] == "The warehouse"


def test_one_foreman_holds_the_row_and_the_books_have_written(app: App, muster: Muster) -> None:
    first = asked(app, "office")["foreman"]

    assert muster.pid_of_task(first["instance"])
    until(lambda: asked(app, "office")["foreman"]["at"] != first["at"], 20)
    assert asked(app, "office")["foreman"]["since"] == first["since"]
    assert asked(app, "office")["books"]["instance"]
