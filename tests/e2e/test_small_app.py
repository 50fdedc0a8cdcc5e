"""One small service through its releases: live, changed, taken back; and those that must fail."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.e2e.muster import get
from tests.e2e.person import App, address
from tests.e2e.story import Failures, Outcome, Releases

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def first(releases: Releases) -> Outcome:
    return releases.first()


@pytest.fixture(scope="module")
def app(releases: Releases, first: Outcome) -> App:
    """The small app; its first release is live, the next ones are on their way."""
    return releases.story.app


def test_the_deployments_page_shows_its_steps_live_and_then_stops_asking(first: Outcome) -> None:
    assert first.ended.sentence == "succeeded", first.ended.words
    assert first.ended.statuses[-1] == 286
    assert set(first.ended.statuses[:-1]) <= {200, 204}
    assert "done Reserve quota" in first.ended.words
    for stage in ("Register", "Watch health", "Shift", "Clean up"):
        assert f"done {stage} done web" in first.ended.words


def test_variables_and_secrets_of_the_forms_reach_the_instance(app: App) -> None:
    page = app.page("web/")

    for label in ("For people", "By port"):
        found = get(address(page, label)).json()
        assert found["greeting"] in {"one", "two"}
        assert found["secret"] == sha256(b"open sesame").hexdigest()


def test_no_page_shows_the_secret(app: App) -> None:
    paths = ("", "plan/", "variables/", "web/", "web/settings/", "web/variables/", "web/logs/")
    pages = [app.page(path) for path in (*paths, "releases/1/", "deployments/1/")]

    assert [page.status for page in pages] == [200] * len(pages)
    assert not [page.url for page in pages if "open sesame" in page.html]


def test_a_changed_variable_is_released(releases: Releases) -> None:
    changed = releases.changed()

    assert releases.first().greeting == "one"
    assert changed.ended.sentence == "succeeded", changed.ended.words
    assert changed.greeting == "two"


def test_going_back_brings_the_old_answer_back(releases: Releases) -> None:
    back = releases.back()

    assert releases.changed().greeting == "two"
    assert back.ended.sentence == "succeeded", back.ended.words
    assert back.greeting == "one"


def test_going_back_leaves_the_draft_and_says_how_it_differs(releases: Releases, app: App) -> None:
    releases.back()

    assert "two</textarea>" in app.page("variables/").html
    assert "The draft differs from what is live: 1 change in web." in app.page().text


def test_a_failing_release_command_changes_nothing_and_says_why(failures: Failures) -> None:
    outcome = failures.broken_command()

    assert failures.first().greeting == "one"
    assert outcome.ended.sentence == "failed", outcome.ended.words
    assert "The release command of web ended with exit code 1." in outcome.ended.words
    log = "step 1 of 2: done step 2 of 2: column greeting is missing"
    assert f"What the log says {log}" in outcome.ended.words
    assert "Register" not in outcome.ended.words
    assert outcome.greeting == "one"


def test_an_instance_that_never_gets_healthy_is_taken_back_and_its_log_shown(
    failures: Failures,
) -> None:
    outcome = failures.never_healthy()

    assert outcome.ended.sentence == "failed", outcome.ended.words
    assert "web: waiting for the first instance to become healthy" in outcome.ended.words
    assert "that did not happen within 10 s." in outcome.ended.words
    assert "the database does not answer" in outcome.ended.words
    assert "What was put back" in outcome.ended.words
    assert outcome.greeting == "one"


def test_a_deployment_is_cancelled_while_it_is_watched(failures: Failures) -> None:
    outcome = failures.cancelled()

    assert outcome.ended.sentence == "cancelled", outcome.ended.words
    assert "Cancelled by dev." in outcome.ended.words
    assert outcome.ended.statuses[-1] == 286
    assert outcome.greeting == "one"
