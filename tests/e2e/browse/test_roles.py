"""The pages of one app before a developer, a viewer and a stranger: what each is offered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browse import buttons, pictures
from tests.e2e.browse.hands import Hands
from tests.e2e.browse.pages import pages
from tests.e2e.browse.windows import Windows
from tests.e2e.conftest import Deployed

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def app(shop: Deployed) -> str:
    """The name of an app that is live."""
    assert shop.app.follow(shop.first).sentence == "succeeded"
    return shop.app.name


def test_a_developer_may_deploy_and_not_administrate_the_team(windows: Windows, app: str) -> None:
    hands = Hands(windows.open("dev"), app)

    hands.go("web/")
    assert {"Scale by hand", "Restart"} <= set(buttons.offered(hands.page))
    hands.go("releases/1/")
    assert {"Deploy", "Go back to it"} & set(buttons.offered(hands.page))
    hands.page.goto("/teams/demo/")
    assert buttons.offered(hands.page) == []
    expect(hands.page.get_by_role("heading", name="Audit")).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        "web/",
        *(
            pytest.param(path, marks=pytest.mark.full)
            for path in ("", "plan/", "releases/1/", "resources/store/", "variables/")
        ),
    ],
)
def test_a_viewer_sees_all_and_has_nothing_to_press(
    windows: Windows, app: str, vera: str, path: str
) -> None:
    """What only leads somewhere or copies is no button that changes something."""
    hands = Hands(windows.open(vera), app)

    hands.go(path)

    pictures.keep(hands.page, f"viewer-{path.strip('/').replace('/', '-') or 'environment'}")
    assert buttons.forms(hands.page) == []
    expect(hands.page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.full
def test_a_viewer_is_told_why_a_page_is_not_theirs(windows: Windows, app: str, vera: str) -> None:
    page = windows.open(vera)

    page.goto(pages(app)["service_settings"])

    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this")
    expect(page.get_by_role("main")).to_contain_text("A viewer may not do this")
    assert any("403" in each for each in windows.trouble.taken())


def test_a_stranger_finds_nothing_and_is_led_home(windows: Windows, app: str) -> None:
    page = windows.open("ella")

    page.goto(pages(app)["service"])
    assert any("404" in each for each in windows.trouble.taken())
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    page.get_by_role("link", name="Your apps").click()

    expect(page).to_have_url("/")
    expect(page.get_by_role("main")).not_to_contain_text(app)
