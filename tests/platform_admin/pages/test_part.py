from __future__ import annotations

from pathlib import Path
from time import time

import pytest
from django.test import Client
from pytest_django import Settings

from local.launch.keys import load_or_make
from platform_admin.pages import part_log
from platform_admin.pages.part_log import LAST_BYTES
from tests.platform_admin.pages.launched import down, launched, part
from tests.platform_admin.pages.site import Site

PAGE, LIVE, LOG = "/status/cron/", "/status/cron/live/log/", "/status/cron/log/"


@pytest.fixture
def olga(site: Site, state: Path) -> Client:
    """An operator; cron runs and has a log, and one of the start before."""
    logs = {"cron.log": "one\nTwo is here\nthree\n", "cron.log.1": "long ago\n", "x.log": "no"}
    launched(state, part(), part("observe"), logs=logs)
    return site.olga.browser


def text(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_it_shows_facts_and_the_end_of_the_log(olga: Client) -> None:
    page = text(olga, PAGE)

    assert "It does what cron does." in page
    assert "one\nTwo is here\nthree" in page
    assert "process" in page
    assert "/status/observe/" in page


def test_an_older_log_can_be_chosen(olga: Client) -> None:
    page = text(olga, f"{PAGE}?file=1")

    assert "long ago" in page
    assert "Two is here" not in page


def test_only_lines_with_the_words_are_shown(olga: Client) -> None:
    page = text(olga, f"{PAGE}?q=HERE+two")

    assert "Two is here" in page
    assert "three" not in page.replace("Three", "")
    assert "1 line in all of" in page


def test_the_live_piece_costs_nothing_while_nothing_changes(olga: Client, state: Path) -> None:
    page = text(olga, PAGE)
    address = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith(LIVE)
    assert olga.get(address).status_code == 204

    with (state / "logs" / "cron.log").open("a") as log:
        log.write("four\n")

    assert "four" in text(olga, address)


def test_a_large_log_is_read_from_its_end_alone(olga: Client, state: Path) -> None:
    (state / "logs" / "cron.log").write_text("the first\n" + "x" * 99 + "\n" * LAST_BYTES)
    page = text(olga, PAGE)

    assert "the first" not in page
    assert "the last 32.8 KB of" in page
    assert "1 line in all of" in text(olga, f"{PAGE}?q=first")


def test_a_log_can_be_downloaded(olga: Client) -> None:
    response = olga.get(f"{LOG}?file=1")

    assert b"".join(response.streaming_content) == b"long ago\n"  # type: ignore[attr-defined]
    assert response["Content-Disposition"] == 'attachment; filename="cron.log.1"'


@pytest.mark.parametrize("address", [PAGE, LOG])
def test_no_log_shows_a_secret_of_muster(
    olga: Client, state: Path, settings: Settings, address: str
) -> None:
    settings.NOMAD_TOKEN = "a-token-of-nomad"
    (state / "logs" / "cron.log").write_text("used a-token-of-nomad at redis://:pass@host/0\n")

    response = olga.get(address)

    found = b"".join(response) if response.streaming else response.content
    assert b"used (hidden) at redis://:(hidden)@host/0" in found


@pytest.mark.parametrize(
    ("log", "shown"),
    [
        ("used a-token-of-nomad\ntwo\nthree\n", "two\nthree\n"),
        ("one\ntwo\nused a-token", "two\n"),
        ("one long line with a-token-of-nomad", ""),
    ],
)
def test_a_download_leaves_out_lines_that_are_cut(
    olga: Client, state: Path, monkeypatch: pytest.MonkeyPatch, log: str, shown: str
) -> None:
    monkeypatch.setattr(part_log, "DOWNLOADED_BYTES", 18)
    (state / "logs" / "cron.log").write_text(log)

    response = olga.get(LOG)

    assert b"".join(response).decode() == shown


def test_a_line_that_is_cut_is_not_shown(
    olga: Client, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_log, "LAST_BYTES", 18)
    (state / "logs" / "cron.log").write_text("one long line with a-token-of-nomad")

    assert "of-nomad" not in text(olga, PAGE)


@pytest.mark.parametrize("address", [PAGE, LOG])
def test_no_log_shows_a_secret_that_the_launcher_keeps(
    olga: Client, state: Path, address: str
) -> None:
    secrets = load_or_make(state / "secrets.json")
    key = secrets["encryption"].partition(":")[2]
    said = "\n".join([*secrets.values(), f"the key is {key}", "no secret"])
    (state / "logs" / "cron.log").write_text(f"{said}\n")

    response = olga.get(address)

    found = (b"".join(response) if response.streaming else response.content).decode()
    assert [name for name, word in secrets.items() if word in found] == []
    assert "the key is (hidden)" in found
    assert "no secret" in found


@pytest.mark.parametrize("words", ["a-token", "used+a-t", "pass"])
def test_a_search_does_not_find_what_is_hidden(
    olga: Client, state: Path, settings: Settings, words: str
) -> None:
    settings.NOMAD_TOKEN = "a-token-of-nomad"
    (state / "logs" / "cron.log").write_text("used a-token-of-nomad at redis://:pass@host/0\n")

    assert "0 lines in all of" in text(olga, f"{PAGE}?q={words}")
    assert "used (hidden) at" in text(olga, f"{PAGE}?q=used+host")


def test_a_short_word_among_the_secrets_takes_nothing_out_of_a_log(
    olga: Client, state: Path
) -> None:
    (state / "secrets.json").write_text('{"short": "one"}')

    assert "one\nTwo" in text(olga, PAGE)


@pytest.mark.parametrize(
    "address",
    [
        "/status/secrets/",
        "/status/x/",
        "/status/x/log/",
        "/status/%2e%2e%2fsecrets/",
        "/status/parts/live/log/",
        f"{PAGE}?file=4",
        f"{PAGE}?file=../1",
        f"{LOG}?file=3",
    ],
)
def test_only_what_the_launcher_named_is_there(olga: Client, address: str) -> None:
    assert olga.get(address).status_code == 404


def test_a_name_of_the_table_leads_to_no_other_folder(
    olga: Client, site: Site, state: Path
) -> None:
    (state / "secrets.json").write_text("the secret")
    launched(state, part("cron", log="../secrets.json"))

    assert "the secret" not in text(site.olga.browser, PAGE)


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
@pytest.mark.parametrize("address", [PAGE, LIVE, LOG, "/status/live/parts/"])
def test_it_is_for_operators_alone(olga: Client, site: Site, name: str, address: str) -> None:
    response = getattr(site, name).browser.get(address)

    assert response.status_code == 403
    assert "Only operators may enter here" in response.content.decode()


def test_one_that_keeps_dying_says_so_with_the_end_of_its_log(olga: Client, state: Path) -> None:
    launched(state, down(times=6), logs={"cron.log": "Traceback\nNo module named x\n\n"})

    page = text(olga, PAGE)

    assert "keeps dying" in page
    assert "It died 6 times in the last 5 min and starts again in" in page
    assert "Its log ends with: No module named x" in page


def test_the_status_page_lists_the_parts_for_operators_alone(olga: Client, site: Site) -> None:
    assert "/status/cron/" in text(olga, "/status/")
    assert "/status/cron/" not in text(site.alice.browser, "/status/")


def test_the_status_page_names_a_frozen_part(olga: Client, state: Path) -> None:
    launched(state, part("cron", stopped_since=time() - 60))

    page = text(olga, "/status/")

    assert "Its process has been frozen for 1 min" in page
    assert "kill -CONT" in page


def test_a_silent_launcher_is_named_and_no_part_is_called_well(olga: Client, state: Path) -> None:
    launched(state, part(), ago_s=60)

    page = text(olga, "/status/")

    assert "it hangs or is gone" in page
    assert "The launcher" in page
    assert ">running<" not in page


def test_without_a_launcher_it_says_where_to_look(site: Site) -> None:
    assert "was not started by" in text(site.olga.browser, "/status/")
    assert site.olga.browser.get("/status/live/parts/").status_code == 286
    assert site.olga.browser.get(PAGE).status_code == 404


@pytest.mark.parametrize("told", ["", "[]", '{"pid": 1, "at": 0, "parts": [{}]}'])
def test_a_table_that_cannot_be_read_is_as_none(site: Site, state: Path, told: str) -> None:
    (state / "parts.json").write_text(told)

    assert "was not started by" in text(site.olga.browser, "/status/")
