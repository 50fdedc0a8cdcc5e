from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

import pytest

from jobs.observe import lanes
from jobs.observe.lanes import Lanes, Late


@pytest.fixture
def hangs() -> Iterator[Callable[[], str]]:
    """A call that does not come back before the test is over."""
    over = Event()
    yield lambda: str(over.wait(30))
    over.set()


def answers() -> str:
    return "here"


def test_one_that_hangs_is_late_and_delays_no_other(hangs: Callable[[], str]) -> None:
    found = Lanes[str, str](2, 0.05).run({"a": hangs} | dict.fromkeys("bcd", answers))
    assert list(found) == [("b", "here"), ("c", "here"), ("d", "here"), ("a", Late(asked=True))]


def test_one_that_hangs_is_counted_and_not_called_again(hangs: Callable[[], str]) -> None:
    mine = Lanes[str, str](1, 0.02)
    assert dict(mine.run({"a": hangs})) == {"a": Late(asked=True)}
    assert mine.strays() == 1
    assert dict(mine.run({"a": answers, "b": answers})) == {"a": Late(asked=True), "b": "here"}


def test_what_was_a_stray_is_called_again_once_it_is_over() -> None:
    over, mine = Event(), Lanes[str, str](1, 0.02)
    ended = Event()

    def slow() -> str:
        over.wait(30)
        return "late"

    list(mine.run({"a": slow}))
    over.set()
    while mine.strays():
        ended.wait(0.001)
    assert dict(mine.run({"a": answers})) == {"a": "here"}


def test_nothing_new_is_begun_while_too_many_hang(
    hangs: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_STRAYS", 1)
    mine = Lanes[str, str](1, 0.02)
    assert dict(mine.run({"a": hangs, "b": answers})) == {
        "a": Late(asked=True),
        "b": Late(asked=False),
    }
