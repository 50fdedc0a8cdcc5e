from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from platform_admin.pages.heard import Sign
from platform_admin.pages.part_condition import condition
from platform_admin.pages.part_lines import line
from platform_admin.pages.parts import Part

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STEADY = Part(
    "cron", "enqueues", 7, NOW - timedelta(hours=1), 0, (), "", None, 0.0, None, None, None, "x.log"
)  # fmt: skip
AGES_S = (1, 20, 60, 299, 301)
DEATHS = tuple(NOW - timedelta(seconds=each) for each in AGES_S)
SOON, BEFORE = NOW + timedelta(seconds=8), NOW - timedelta(seconds=30)
YOUNG = NOW - timedelta(seconds=20)
LATE, HEARD = Sign(NOW - timedelta(minutes=2), late=True), Sign(NOW, late=False)

CASES = {
    "steady": ({}, None, "running", ""),
    "heard": ({}, HEARD, "running", ""),
    "down": (
        {"again_at": SOON, "ended": "was ended by SIGKILL", "deaths": DEATHS[:1]}, None,
        "down", "It was ended by SIGKILL and starts again in 8.0 s. Its log ends with: boom",
    ),
    "due": ({"again_at": NOW, "ended": "ended with code 1"}, None, "down", "starts again now"),
    "dying": (
        {"again_at": SOON, "deaths": DEATHS}, None,
        "keeps dying", "It died 4 times in the last 5 min and starts again in 8.0 s.",
    ),
    "unsteady": ({"deaths": DEATHS}, None, "unsteady", "Runs again, after it died 4 times"),
    "steady again": ({"deaths": DEATHS[3:]}, None, "running", ""),
    "frozen": ({"stopped_since": BEFORE}, None, "frozen", "has been frozen for 30 s"),
    "silent": (
        {"silent_since": BEFORE, "answers": True}, None,
        "silent", "It has not answered for 30 s. It is not restarted, because",
    ),
    "late": ({}, LATE, "silent", "It gave its last sign of life 2 min ago."),
    "starting": ({"answers": False, "since": YOUNG, "silent_since": YOUNG}, None, "starting", ""),
    "never came": ({"answers": False, "silent_since": BEFORE}, None, "silent", "kill -9 7"),
    "sign of the one before": ({"since": YOUNG}, LATE, "running", ""),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "sign", "word", "said"), CASES.values(), ids=CASES)
def test_the_worst_that_holds_is_said(
    changes: dict[str, object], sign: Sign | None, word: str, said: str
) -> None:
    found = condition(replace(STEADY, **changes), sign, NOW, "boom")  # type: ignore[arg-type]

    assert found.word == word
    assert said in found.sentence


@pytest.mark.parametrize(("restarts", "fine"), [(0, True), (1, False)])
def test_what_died_is_not_fine_before_it_answers_again(restarts: int, fine: bool) -> None:
    part = replace(STEADY, answers=False, since=NOW, restarts=restarts)

    assert line(part, None, NOW).fine is fine
    assert line(replace(part, answers=True), None, NOW).fine
