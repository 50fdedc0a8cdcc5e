from __future__ import annotations

from pathlib import Path
from time import time

import pytest
from pytest_django import Settings

from tests.platform_admin.admin.dashboard.first_page import PAGE
from tests.platform_admin.pages.launched import down, launched, part
from tests.platform_admin.pages.site import Site


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.MUSTER_STATE = tmp_path
    return tmp_path


def page(site: Site) -> str:
    return site.olga.browser.get(PAGE).content.decode()


def test_a_part_that_keeps_dying_needs_an_operator(site: Site, folder: Path) -> None:
    launched(folder, down("cron", times=4), part("valkey"))

    said = page(site)

    assert "1 part of Muster that is not well" in said
    assert "It died 4 times in the last 5 min" in said
    assert "/status/cron/" in said
    assert "/status/valkey/" not in said


def test_a_frozen_one_too(site: Site, folder: Path) -> None:
    launched(folder, part("cron", stopped_since=time() - 60))

    assert "Its process has been frozen for 1 min" in page(site)


def test_a_silent_launcher_is_one_row(site: Site, folder: Path) -> None:
    launched(folder, part("cron"), part("valkey"), ago_s=60)

    assert "1 part of Muster that is not well" in page(site)


def test_nothing_is_said_where_all_run_or_nobody_tells(site: Site, folder: Path) -> None:
    assert 'id="parts"' not in page(site)
    launched(folder, part("cron"))

    assert 'id="parts"' not in page(site)
