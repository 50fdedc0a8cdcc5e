from __future__ import annotations

import pytest

from jobs.logs import search as searching
from jobs.logs.read import after
from jobs.logs.search import Hit, search
from tests.jobs.logs.written import Written


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks that end in the middle of what is written."""
    monkeypatch.setattr(searching, "BLOCK_BYTES", 60)


def around(hit: Hit) -> tuple[str, str, str]:
    return hit.above, hit.line, hit.below


def test_hits_come_newest_first_with_the_lines_around_them(write: Written) -> None:
    write(b"".join(f"line {number:02}\n".encode() for number in range(30)))

    found = search(write.stream, "LINE 1")

    assert [hit.line for hit in found.hits] == [f"line {number}" for number in range(19, 9, -1)]
    assert {around(hit) for hit in found.hits} == {
        (f"line {n - 1:02}", f"line {n}", f"line {n + 1}") for n in range(10, 20)
    }
    assert (found.rest, found.looked, found.size) == (None, 240, 240)


def test_a_hit_is_where_it_says(write: Written) -> None:
    write(b"x" * 95 + b"\n" + "käse\nthe needle\nend".encode())

    (hit,) = search(write.stream, "needle").hits

    assert after(write.stream, hit.place, 100).data == b"the needle\nend"
    assert around(hit) == ("käse", "the needle", "end")


def test_colours_do_not_hide_a_word(write: Written) -> None:
    write(b"a \x1b[31mfai\x1b[1mled\x1b[0m thing\n")

    assert [hit.line for hit in search(write.stream, "failed").hits] == ["a failed thing"]


def test_nothing_is_found_in_all_of_it(write: Written) -> None:
    write(b"one\ntwo\n" * 20)

    found = search(write.stream, "three")

    assert (found.hits, found.looked, found.rest) == ((), 160, None)


def test_it_stops_after_so_many_bytes_and_goes_on_from_there(
    write: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_BYTES", 90)
    write(b"needle\n" + b"hay hay\n" * 30)

    first = search(write.stream, "needle")
    second = search(write.stream, "needle", first.rest)
    third = search(write.stream, "needle", second.rest)

    assert (first.hits, second.hits, [hit.line for hit in third.hits]) == ((), (), ["needle"])
    assert first.looked + second.looked + third.looked == 247
    assert third.rest is None


def test_it_stops_after_so_many_seconds(write: Written) -> None:
    write(b"hay hay\n" * 30)
    ticks = iter(range(0, 100, 5))

    found = search(write.stream, "needle", clock=lambda: next(ticks))

    assert (found.rest is not None, found.looked) == (True, 48)


def test_it_stops_after_so_many_hits_and_goes_on_before_the_last(
    write: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 4)
    write(b"".join(f"{number:02}\n".encode() for number in range(10)))

    first = search(write.stream, "0")
    second = search(write.stream, "0", first.rest)
    third = search(write.stream, "0", second.rest)

    seen = [hit.line for found in (first, second, third) for hit in found.hits]
    assert seen == [f"{number:02}" for number in range(9, -1, -1)]
