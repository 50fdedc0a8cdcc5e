"""An owner's first day: an app from nothing, live, scaled, paused, changed and taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browse import axe, pictures
from tests.e2e.browse.hands import Hands
from tests.e2e.browse.people import People
from tests.e2e.browse.windows import Windows

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
APP = "quay"


@pytest.fixture(scope="module")
def owner(people: People) -> Iterator[Hands]:
    """An owner's one window for the whole day; nothing may go wrong in it.

    Her team's quota has room beside what the other tests run in theirs.
    """
    windows = Windows(people)
    yield Hands(windows.open("ella"), APP)
    windows.close()
    assert windows.trouble.taken() == []


@pytest.fixture(scope="module")
def drafted(owner: Hands) -> Hands:
    """The app with a redis, a service of an archive, a link between them, and a variable."""
    owner.draft()
    return owner


@pytest.fixture(scope="module")
def live(drafted: Hands) -> bool:
    """Whether the page of the first deployment showed its steps to the end without loading."""
    drafted.deploy("the first one")
    return drafted.watch("Reserve quota", "Provide", "Watch health", "Clean up")


def test_the_draft_says_what_a_release_would_change(drafted: Hands) -> None:
    drafted.go("plan/")

    main = drafted.page.get_by_role("main")
    for words in ("web", "store", "GREETING", "REDIS_URL"):
        expect(main).to_contain_text(words)


def test_the_steps_of_a_deployment_move_without_loading_the_page(owner: Hands, live: bool) -> None:
    assert live
    assert axe.violations(owner.page) == []


def test_a_count_is_set_by_hand_until_it_ends(owner: Hands, live: bool) -> None:
    owner.scale("web", 2, "a sale")

    main = owner.page.get_by_role("main")
    expect(main).to_contain_text(re.compile(r"Set by hand to 2, ends in \d+ min: a sale"))
    expect(main).to_contain_text("2 of 2 instances are healthy", timeout=90_000)
    owner.press("End it now")
    expect(main).to_contain_text("web is no longer set by hand.")


def test_scaling_is_paused_and_goes_on(owner: Hands, live: bool) -> None:
    owner.go("web/")

    owner.press("Pause scaling")
    expect(owner.page.get_by_text("the scaling of web is paused")).to_be_visible()
    owner.page.get_by_role("button", name="Resume scaling").first.click()

    expect(owner.page.get_by_text("The scaling of web goes on.")).to_be_visible()
    expect(owner.page.get_by_role("button", name="Pause scaling")).to_be_visible()


@pytest.mark.full
def test_a_release_is_taken_back(owner: Hands, live: bool) -> None:
    owner.set_variable("GREETING", "two")
    owner.deploy("another greeting")
    owner.watch("Shift")

    owner.go_back(1)
    stayed = owner.watch("Shift")

    assert stayed
    pictures.keep(owner.page, "taken-back")
    owner.go("releases/3/")
    expect(owner.page.get_by_role("main")).to_contain_text("with the content of release 1")
    owner.go()
    expect(owner.page.get_by_role("main")).to_contain_text("The draft differs from what is live")
