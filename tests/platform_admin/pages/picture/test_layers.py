from __future__ import annotations

from hypothesis import given

from platform_admin.pages.picture.layers import layers
from tests.platform_admin.pages.picture.graphs import graphs


def test_what_is_called_stands_below_its_lowest_caller() -> None:
    calls = {"web": ["api", "store"], "api": ["store"], "worker": ["store"]}

    assert layers(["web", "worker", "api", "store"], calls) == {
        "web": 0,
        "worker": 0,
        "api": 1,
        "store": 2,
    }


def test_a_circle_is_cut_where_it_closes() -> None:
    assert layers(["a", "b"], {"a": ["b"], "b": ["a"]}) == {"a": 0, "b": 1}


def test_a_call_of_something_unknown_counts_for_nothing() -> None:
    assert layers(["web"], {"web": ["gone"]}) == {"web": 0}


@given(graphs())
def test_every_part_has_a_layer_and_none_is_empty(
    graph: tuple[list[str], dict[str, list[str]]],
) -> None:
    names, calls = graph

    found = layers(names, calls)

    assert set(found) == set(names)
    assert set(found.values()) == set(range(max(found.values()) + 1))


@given(graphs())
def test_without_circles_every_call_points_down(
    graph: tuple[list[str], dict[str, list[str]]],
) -> None:
    names, calls = graph
    onward = {
        caller: [called for called in found if called > caller] for caller, found in calls.items()
    }

    found = layers(names, onward)

    assert all(found[caller] < found[one] for caller in onward for one in onward[caller])
