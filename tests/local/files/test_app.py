"""What a static service answers on the local cluster."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

import pytest

from jobs.document import ServiceDoc
from jobs.specs.static import rules
from local.files.app import App, Site
from local.files.rules import Rules
from tests.local.files.asked import ANSWERS, ESCAPES, OUTSIDE, SERVICE, lay_out


class Asker:
    """Asks the app of a service's site."""

    def __init__(self, folder: Path, service: ServiceDoc) -> None:
        read = Rules.read(json.loads(rules(service)))
        self.app = App(Site(folder, read), read)

    def __call__(
        self, path: str, method: str = "GET", **environ: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body, as gunicorn would hand the request on."""
        plain, _, query = path.partition("?")
        asked: dict[str, object] = {"REQUEST_METHOD": method, "QUERY_STRING": query, **environ}
        asked["PATH_INFO"] = unquote_to_bytes(plain).decode("latin-1")
        setup_testing_defaults(asked)
        found: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(
            self.app(asked, lambda status, headers, *_: found.append((status, headers)))
        )
        [(status, headers)] = found
        return int(status.split()[0]), dict(headers), body.decode()


@pytest.fixture
def ask(tmp_path: Path) -> Asker:
    return Asker(lay_out(tmp_path), SERVICE)


@pytest.mark.parametrize(("path", "status", "header", "body"), ANSWERS)
def test_a_request_gets_its_answer(
    ask: Asker, path: str, status: int, header: tuple[str, str], body: str
) -> None:
    found, headers, said = ask(path)
    named = {name.lower(): value for name, value in headers.items()}
    assert found == status
    assert header[1] in named[header[0].lower()]
    assert body in said


@pytest.mark.parametrize("path", ESCAPES)
def test_nothing_leads_out_of_the_folder(ask: Asker, path: str) -> None:
    status, _, said = ask(path)
    assert status in {400, 404}
    assert OUTSIDE not in said


def test_a_folder_leads_to_its_index(ask: Asker) -> None:
    assert ask("/docs")[0] == 302
    assert ask("/docs")[1]["Location"] == "docs/"


def test_head_has_no_body(ask: Asker) -> None:
    assert ask("/", "HEAD")[0::2] == (200, "")
    assert ask("/nothing", "HEAD")[0::2] == (404, "")


def test_a_file_can_not_be_written(ask: Asker) -> None:
    assert ask("/", "POST")[0] == 405
    assert ask("/nothing", "POST")[0] == 404


def test_what_has_not_changed_is_not_sent_again(ask: Asker) -> None:
    modified = ask("/")[1]["Last-Modified"]
    assert ask("/", HTTP_IF_MODIFIED_SINCE=modified)[0::2] == (304, "")
    assert ask("/nothing", HTTP_IF_MODIFIED_SINCE=modified)[0] == 404


def test_a_part_is_sent(ask: Asker) -> None:
    assert ask("/", HTTP_RANGE="bytes=1-2")[0::2] == (206, "om")


def test_the_fallback_answers_what_is_not_there(tmp_path: Path) -> None:
    ask = Asker(lay_out(tmp_path), replace(SERVICE, fallback="/index.html"))
    assert ask("/users/7")[0::2] == (200, "home")
    assert ask("/users/7")[1]["Cache-Control"] == "no-cache"
    assert ask("/.env")[2] == "home"


def test_a_fallback_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"/app\.html is not in the archive"):
        Asker(lay_out(tmp_path), replace(SERVICE, fallback="/app.html"))


def test_a_site_without_a_page_of_its_own_says_so(tmp_path: Path) -> None:
    (lay_out(tmp_path) / "404.html").unlink()
    status, headers, said = Asker(tmp_path / "app", SERVICE)("/nothing")
    assert (status, said) == (404, "There is no such page.\n")
    assert headers["X-Frame-Options"] == "DENY"
