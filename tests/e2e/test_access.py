"""Somebody of another team, and somebody without a session: nothing of the app exists for them."""

from __future__ import annotations

import pytest

from platform_admin.urls import environments, services
from tests.e2e.addresses import NAMES, address_of
from tests.e2e.browser import Browser, Page
from tests.e2e.conftest import Deployed
from tests.e2e.muster import Muster

pytestmark = [pytest.mark.full, pytest.mark.timeout(300)]
OPERATED = ("/status/cron/", "/status/cron/log/", "/status/cron/live/log/", "/status/live/parts/")


@pytest.fixture(scope="module")
def ella(muster: Muster) -> Browser:
    return muster.browser("ella")


@pytest.fixture(scope="module")
def addresses(shop: Deployed) -> list[str]:
    """Every address below the app's."""
    names = NAMES | {"app": shop.app.name}
    return [address_of(row, names) for row in [*environments, *services]]


@pytest.fixture(scope="module")
def opened(addresses: list[str], dev: Browser) -> dict[str, int]:
    """What a member of the team gets at each address."""
    return {address: dev.open(address).status for address in addresses}


def test_a_member_finds_every_page(opened: dict[str, int]) -> None:
    """So a 404 for somebody else is not that of an address which nobody has."""
    assert set(opened.values()) <= {200, 405, 286}


def test_what_changes_something_is_not_opened(opened: dict[str, int]) -> None:
    """Or a picture on another site's page would deploy. Addresses of forms lead to their form."""
    changing = ("deploy/", "go-back/", "cancel/", "restart/")

    refused = {address for address, status in opened.items() if status == 405}

    assert {address for address in opened if address.endswith(changing)} <= refused


def test_another_team_finds_nothing(addresses: list[str], ella: Browser) -> None:
    found = {address: ella.open(address).status for address in addresses}

    assert {address: status for address, status in found.items() if status != 404} == {}


def test_another_team_changes_nothing(addresses: list[str], ella: Browser) -> None:
    form = ella.open("/new/")

    found = {address: ella.send(address, form).status for address in addresses}

    assert {address: status for address, status in found.items() if status != 404} == {}


def test_another_teams_start_page_and_search_do_not_name_it(shop: Deployed, ella: Browser) -> None:
    pages: list[Page] = [ella.open("/"), ella.open(f"/search?q={shop.app.name}")]

    assert [page.status for page in pages] == [200, 200]
    assert not [page for page in pages if f"{shop.app.name}-production" in page.html]
    assert not [page for page in pages if shop.app.path in page.html]
    assert ella.open("/teams/demo/").status == 404


def test_muster_s_own_logs_are_for_operators_alone(
    muster: Muster, dev: Browser, ella: Browser
) -> None:
    olga = muster.browser("olga")

    assert [olga.open(address).status for address in OPERATED] == [200, 200, 200, 200]
    for browser in (dev, ella):
        assert {browser.open(address).status for address in OPERATED} == {403}


def test_without_a_session_every_page_leads_to_signing_in(
    addresses: list[str], muster: Muster
) -> None:
    nobody = Browser(muster.url)

    for address in [*addresses, *OPERATED]:
        assert nobody.open(address).path == "/accounts/login/"
