from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given

from platform_admin.pages.picture.grid import WIDTH, Box
from platform_admin.pages.picture.wires import Wire, wires
from tests.platform_admin.pages.picture.graphs import graphs
from tests.platform_admin.pages.picture.test_grid import placed

BAR = Box(12, 1, WIDTH - 24, 7)


def points(wire: Wire) -> list[tuple[float, float]]:
    """The points that the line goes through, without those that bend it."""
    found: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([MCV])([^MCV]*)", wire.path):
        values = [float(each) for each in numbers.split()]
        found.append((found[-1][0], values[0]) if letter == "V" else (values[-2], values[-1]))
    return found


@given(graphs())
def test_no_line_goes_through_a_part(graph: tuple[list[str], dict[str, list[str]]]) -> None:
    names, calls = graph
    found = placed(names, calls)
    pairs = [(caller, called) for caller, all_ in calls.items() for called in all_]

    for wire in wires(pairs, found):
        way = points(wire)
        for (x, y), (to_x, to_y) in pairwise(way):
            high, low = sorted((y, to_y))
            for box in found.boxes.values():
                beside = max(x, to_x) <= box.x or box.x + box.width <= min(x, to_x)
                assert beside or low <= box.y or box.bottom <= high


@given(graphs())
def test_a_line_leaves_its_caller_and_ends_at_what_it_calls(
    graph: tuple[list[str], dict[str, list[str]]],
) -> None:
    names, calls = graph
    found = placed(names, calls)
    pairs = [(caller, called) for caller, all_ in calls.items() for called in all_]

    drawn = wires(pairs, found)

    assert [(wire.caller, wire.called) for wire in drawn] == pairs
    for wire in drawn:
        begin, end = points(wire)[0], points(wire)[-1]
        caller, called = found.boxes[wire.caller], found.boxes[wire.called]
        assert begin[1] in (caller.y, caller.bottom)
        assert caller.x < begin[0] < caller.x + caller.width
        assert called.x < end[0] < called.x + called.width
        assert min(abs(end[1] - called.y), abs(end[1] - called.bottom)) <= 5


def test_lines_that_meet_end_side_by_side_in_the_order_they_come_from() -> None:
    found = placed(["store", "web", "worker"], {"web": ["store"], "worker": ["store"]})

    both = sorted(map(points, wires([("web", "store"), ("worker", "store")], found)))

    (left, *_, to_left), (right, *_, to_right) = both
    assert left[0] < to_left[0] < to_right[0] < right[0]


def test_a_caller_without_a_place_is_the_bar_above() -> None:
    found = placed(["web"], {})

    [wire] = wires([("the edge", "web")], found, BAR)

    assert points(wire)[0] == (found.boxes["web"].middle, BAR.bottom)
