from __future__ import annotations

from itertools import combinations

from hypothesis import given

from platform_admin.pages.picture.grid import GAP, MARGIN, WIDTH, Box, Grid, grid
from platform_admin.pages.picture.layers import layers
from tests.platform_admin.pages.picture.graphs import graphs, in_layers


def placed(names: list[str], calls: dict[str, list[str]]) -> Grid:
    callers: dict[str, list[str]] = {}
    for caller, found in calls.items():
        for called in found:
            callers.setdefault(called, []).append(caller)
    return grid(in_layers(layers(names, calls)), callers, top=10)


@given(graphs())
def test_no_part_stands_on_another_one_or_outside(
    graph: tuple[list[str], dict[str, list[str]]],
) -> None:
    found = placed(*graph)

    assert set(found.boxes) == set(graph[0])
    assert not any(overlap(one, other) for one, other in combinations(found.boxes.values(), 2))
    for box in found.boxes.values():
        assert box.x >= MARGIN
        assert box.x + box.width <= WIDTH - MARGIN + 0.01
        assert 10 <= box.y < box.bottom < found.height


def test_what_is_called_by_one_stands_straight_below_it() -> None:
    found = placed(["api", "web", "worker"], {"web": ["api"]})

    assert found.boxes["api"].x == found.boxes["web"].x


def test_what_two_call_stands_between_them() -> None:
    found = placed(["store", "web", "worker"], {"web": ["store"], "worker": ["store"]})

    web, worker, store = (found.boxes[name].middle for name in ("web", "worker", "store"))
    assert store == (web + worker) / 2


def test_many_side_by_side_are_narrower_and_take_several_rows() -> None:
    found = placed([f"s{number}" for number in range(4)], {})

    assert [len(row) for row in found.rows] == [3, 1]
    assert found.boxes["s0"].width < placed(["s0", "s1"], {}).boxes["s0"].width


def overlap(one: Box, other: Box) -> bool:
    apart_x = one.x + one.width + GAP / 2 <= other.x or other.x + other.width + GAP / 2 <= one.x
    apart_y = one.bottom <= other.y or other.bottom <= one.y
    return not (apart_x or apart_y)
