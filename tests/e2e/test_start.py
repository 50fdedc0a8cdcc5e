"""What a start leaves a newcomer with, and a second start beside it."""

from __future__ import annotations

import pytest

from tests.e2e.browser import Browser
from tests.e2e.muster import MODULE, READY, Muster, free_base, get, until
from tests.e2e.person import states
from tests.local.launch.launcher import launch

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def said(muster: Muster) -> str:
    """What the start printed by the time at which it is done."""
    muster.launcher.wait_for(READY, within_s=180)
    return muster.launcher.said()


def test_the_example_is_live_at_the_printed_addresses(said: str) -> None:
    _, _, after = said.partition("The example app answers at:")
    addresses = [line.strip() for line in after.splitlines() if line.startswith("  http")]

    answers = [get(address, "check") for address in addresses]

    assert len(answers) == 2
    assert [answer.json()["ok"] for answer in answers] == [True, True]


def test_the_printed_people_sign_in(said: str, muster: Muster) -> None:
    printed = said.partition("Sign in as (name, password):")[2].partition("The example")[0]
    people = [line.split()[:2] for line in printed.splitlines() if line.strip()]

    assert [name for name, _ in people] == ["olga", "dana", "dev", "ella"]
    for name, password in people:
        assert f"Signed in as {name}" in Browser(muster.url).sign_in(name, password).text


def test_the_example_is_healthy_on_its_page(said: str, dev: Browser) -> None:
    healthy = dict.fromkeys(("web", "api", "worker", "cache"), "healthy")

    # The scaler may just have ordered one more.
    until(lambda: states(dev.open("/shop/production/")) == healthy, 60)


def test_a_second_start_beside_it_says_so_and_ends(said: str, muster: Muster) -> None:
    second = launch(MODULE, free_base(), muster.launcher.state)

    assert second.process.wait(30) == 1
    assert f"Muster already runs on {muster.launcher.state}: {muster.url} " in second.said()
