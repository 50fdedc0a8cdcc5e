from __future__ import annotations

from threading import Event, Thread

import pytest

from platform_admin.pages.together import MOST_OF_ONE, Missing, together
from tests.local.launch.launcher import until


def test_they_are_asked_side_by_side() -> None:
    there = Event()

    def second() -> str:
        there.set()
        return "second"

    found = together({"a": lambda: "first" if there.wait(5) else "alone", "b": second}, 5)

    assert found == {"a": "first", "b": "second"}


def test_nobody_waits_for_who_is_late() -> None:
    forever = Event()
    try:
        found = together({"late": forever.wait, "here": lambda: True}, 0.05)
    finally:
        forever.set()

    assert found == {"late": Missing("No answer within 0.05 s."), "here": True}


def test_one_that_goes_wrong_is_logged_and_takes_no_answer_of_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def wrong() -> int:
        raise ValueError("a word that is not for pages")

    found = together({"wrong": wrong, "here": lambda: 1}, 5)

    assert found == {"wrong": Missing("Asking failed (ValueError); the log says more."), "here": 1}
    assert "a word that is not for pages" in caplog.text


def test_where_no_thread_can_be_started_that_is_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(Thread, "start", full)
        for _ in range(MOST_OF_ONE):
            found = together({"a": lambda: True}, 5)

    assert found == {"a": Missing("Asking failed (RuntimeError); the log says more.")}
    assert together({"a": lambda: True}, 5) == {"a": True}


def test_what_hangs_is_asked_by_so_many_and_then_no_more() -> None:
    forever = Event()
    asked: list[str] = []

    def hang() -> bool:
        asked.append("once more")
        return forever.wait(30)

    try:
        for _ in range(MOST_OF_ONE + 2):
            found = together({"hangs": hang, "here": lambda: True}, 0.01)
    finally:
        forever.set()

    assert len(asked) == MOST_OF_ONE
    assert found["hangs"] == Missing("8 questions to it still wait for an answer.")
    assert found["here"] is True
    again = lambda: together({"hangs": lambda: True}, 5) == {"hangs": True}  # noqa: E731
    until(again, 5, lambda: asked)
