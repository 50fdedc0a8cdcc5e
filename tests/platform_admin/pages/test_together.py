from __future__ import annotations

from threading import Event

import pytest

from platform_admin.pages.together import together


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
        assert together({"late": forever.wait, "here": lambda: True}, 0.05) == {"here": True}
    finally:
        forever.set()


def test_what_goes_wrong_is_not_swallowed() -> None:
    def wrong() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        together({"wrong": wrong}, 5)
