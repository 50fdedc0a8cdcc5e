from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.logs.place import Kept, Place, read_place
from jobs.nomad import LogFile

KEPT = Kept((LogFile(4, 10), LogFile(5, 20), LogFile(6, 5)))


def test_a_place_is_read_as_it_is_written() -> None:
    assert read_place(str(Place(3, 4096))) == Place(3, 4096)


@pytest.mark.parametrize(
    "text", ["", "3", "3.", ".3", "-1.3", "3.4.5", "a.b", "٣.٤", "9" * 30 + ".1"]
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize(
    ("place", "index"),
    [
        (Place(4, 0), 0),
        (Place(4, 7), 7),
        (Place(5, 0), 10),
        (Place(6, 5), 35),
        (Place(3, 99), 0),
        (Place(7, 0), 35),
        (Place(6, 99), 35),
    ],
)
def test_a_place_has_the_kept_bytes_before_it(place: Place, index: int) -> None:
    assert KEPT.index(place) == index


@given(st.lists(st.integers(0, 9), max_size=5), st.integers(0, 60))
def test_index_and_place_are_each_others_way_back(sizes: list[int], index: int) -> None:
    kept = Kept([LogFile(number, size) for number, size in enumerate(sizes, 3)])

    assert kept.index(kept.place(min(index, kept.size))) == min(index, kept.size)


def test_nothing_is_missing_between_the_end_of_a_file_and_the_begin_of_the_next() -> None:
    assert KEPT.meet(Place(4, 10), Place(5, 0))
    assert KEPT.meet(Place(5, 3), Place(5, 3))
    assert not KEPT.meet(Place(4, 9), Place(5, 0))
    assert not KEPT.meet(Place(4, 10), Place(6, 0))


def test_what_was_dropped_is_known_by_its_file() -> None:
    assert KEPT.dropped(Place(3, 99))
    assert not KEPT.dropped(Place(4, 0))
    assert not Kept(()).dropped(Place(0, 0))
    assert not KEPT.begins
    assert Kept((LogFile(0, 3),)).begins
