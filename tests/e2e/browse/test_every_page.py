"""Every page of ours, on a wide screen and on a phone, light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.e2e.browse.look import Look, look
from tests.e2e.browse.pages import pages
from tests.e2e.browse.people import People
from tests.e2e.browse.screens import PHONE_DARK, PHONE_LIGHT, WIDE_DARK, WIDE_LIGHT, Screen
from tests.e2e.browse.trouble import Trouble
from tests.e2e.conftest import Deployed
from tests.e2e.story import Releases

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]
# An operator is shown all, and offered all.
WHO = "olga"
HEAVIEST_BYTES = 100_000
# By default one screen, without what takes long; the others find what is theirs alone.
SWEEPS = [
    pytest.param((PHONE_DARK, False), id=f"{PHONE_DARK}-quick"),
    *(
        pytest.param((screen, True), id=str(screen), marks=pytest.mark.full)
        for screen in (WIDE_LIGHT, WIDE_DARK, PHONE_LIGHT, PHONE_DARK)
    ),
]


@dataclass(frozen=True)
class Sweep:
    """All pages on one screen, by their names; what they all load beside themselves weighs that."""

    looks: Mapping[str, Look]
    shared_bytes: int

    def wrong(self, part: str) -> dict[str, object]:
        """The pages of which this part of the look is not empty."""
        found = {name: getattr(each, part) for name, each in self.looks.items()}
        return {name: value for name, value in found.items() if value}


@pytest.fixture(scope="module")
def addresses(shop: Deployed, releases: Releases) -> dict[str, str]:
    """The pages of an app that is live, and some that have no row of their own."""
    assert shop.app.follow(shop.first).sentence == "succeeded"
    more = {
        "found": f"/search?q={shop.app.name}",
        "nothing": "/nothing/",
        "secret_to_remove": f"{releases.story.app.path}variables/secret/?remove=SECRET",
    }
    return pages(shop.app.name) | more


@pytest.fixture(scope="module", params=SWEEPS)
def sweep(request: pytest.FixtureRequest, people: People, addresses: dict[str, str]) -> Sweep:
    case: tuple[Screen, bool] = request.param
    screen, slow = case
    context = people.context(WHO, screen)
    trouble, loaded = Trouble(), []
    trouble.watch(context)
    page = context.new_page()
    page.on("requestfinished", lambda each: loaded.append(each.sizes()["responseBodySize"]))
    page.goto("/", wait_until="networkidle")
    shared = sum(loaded)
    looks = {
        name: look(page, at, name, screen, trouble, slow=slow) for name, at in addresses.items()
    }
    context.close()
    return Sweep(looks, shared)


def test_every_page_opens(sweep: Sweep) -> None:
    """A row of the table that is no page stands in `pages.NO_PAGES`."""
    found = {name: each.status for name, each in sweep.looks.items() if each.status != 200}

    assert found == {"nothing": 404}


def test_axe_finds_nothing(sweep: Sweep) -> None:
    assert sweep.wrong("violations") == {}


def test_nothing_is_wider_than_the_screen(sweep: Sweep) -> None:
    assert sweep.wrong("wider") == {}


def test_what_is_pressed_is_large_enough_for_a_finger(sweep: Sweep) -> None:
    assert sweep.wrong("small") == {}


def test_no_error_in_the_console_and_no_request_fails(sweep: Sweep) -> None:
    assert sweep.wrong("trouble") == {}


def test_a_page_weighs_less_than_100_kilobytes_with_all_that_it_loads(sweep: Sweep) -> None:
    """Itself as it stands, styles and scripts as they are sent."""
    heavy = {name: each.bytes + sweep.shared_bytes for name, each in sweep.looks.items()}

    assert sweep.shared_bytes > 10_000
    assert {name: bytes for name, bytes in heavy.items() if bytes > HEAVIEST_BYTES} == {}
