from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from jobs.deploy.actions import AddSlug, Rows, Wait, WriteTree
from jobs.deploy.shift import next_share, shift
from platform_admin.rules.rollout import BLUE, GREEN
from platform_admin.rules.split import reserved, split
from tests.jobs.deploy.views import (
    HALF,
    NOW,
    WHOLE,
    healthy,
    settled,
    view,
    with_facts,
    with_row,
)

ZERO = Fraction(0)


@pytest.mark.parametrize(
    ("desired", "room", "at", "share"),
    [
        (4, 5, 0, Fraction(1, 4)),
        (4, 6, 0, HALF),
        (4, 8, 0, WHOLE),
        (4, 99, 0, WHOLE),
        (4, 5, Fraction(1, 4), HALF),
        (4, 5, Fraction(3, 4), WHOLE),
        (1, 2, 0, WHOLE),
        (0, 1, 0, WHOLE),
        (6, 7, Fraction(1, 4), Fraction(1, 3)),
        (4, 4, 0, ZERO),
    ],
)
def test_a_move_takes_the_most_that_fits(
    desired: int, room: int, at: Fraction, share: Fraction
) -> None:
    assert next_share(view(at=at, desired=desired, room=room), WHOLE) == share


@pytest.mark.parametrize(
    ("at", "room", "share"),
    [(WHOLE, 5, Fraction(3, 4)), (HALF, 5, Fraction(1, 4)), (HALF, 8, ZERO)],
)
def test_a_way_back_takes_the_most_that_fits(at: Fraction, room: int, share: Fraction) -> None:
    assert next_share(view(at=at, room=room), ZERO) == share


@pytest.mark.parametrize("desired", range(1, 12))
def test_one_instance_of_surge_is_always_enough_to_arrive(desired: int) -> None:
    at, moves = ZERO, 0
    while at < WHOLE:
        made = view(at=at, desired=desired, room=desired + 1)
        following = next_share(made, WHOLE)
        rollout = replace(made.rollout, next=following)
        assert following > at
        assert reserved(desired, rollout, (made.blue, made.green)) <= desired + 1
        at, moves = following, moves + 1
    assert moves <= desired


def test_the_old_side_that_could_not_be_lowered_yet_takes_room() -> None:
    made = with_row(view(at=HALF, room=5), BLUE, at_most=4)
    assert next_share(made, WHOLE) == HALF


def test_without_room_it_waits() -> None:
    assert isinstance(shift(view(room=4), WHOLE), Wait)


def test_at_its_goal_nothing_is_left_to_do() -> None:
    assert shift(view(at=0), ZERO) is None


def test_both_sides_are_large_enough_while_traffic_moves() -> None:
    made = view(at=Fraction(1, 4), following=HALF, moving=True)
    assert (made.wanted(BLUE), made.wanted(GREEN)) == (3, 2)
    assert split(4, replace(made.rollout, moving=False), made.green) == 2


RAISED = view(following=HALF)


def test_it_moves_when_the_gaining_side_is_healthy_at_its_split() -> None:
    action = shift(RAISED, WHOLE)
    assert isinstance(action, Rows)
    assert action.rollout.moving
    assert (action.rollout.at, action.rollout.next) == (ZERO, HALF)


@pytest.mark.parametrize(
    "waits",
    [
        with_facts(RAISED, healthy=healthy(4, 1)),
        with_row(RAISED, GREEN, acknowledged=None),
        with_row(RAISED, GREEN, acknowledged=1),
        with_row(RAISED, GREEN, acknowledged_at=NOW + 1),
    ],
    ids=["not healthy", "unknown", "not the split", "an old table"],
)
def test_it_does_not_move_before(waits: object) -> None:
    assert isinstance(shift(waits, WHOLE), Wait)  # type: ignore[arg-type]


def test_a_dead_losing_side_is_not_waited_for() -> None:
    action = shift(with_facts(RAISED, healthy=healthy(0, 1)), WHOLE)
    assert isinstance(action, Rows)
    assert action.rollout.moving


def test_a_losing_side_that_only_seems_dead_in_an_old_table_is_waited_for() -> None:
    made = with_facts(RAISED, healthy=healthy(0, 1))
    assert isinstance(shift(with_row(made, BLUE, acknowledged_at=NOW + 1), WHOLE), Wait)


def test_the_slug_comes_before_the_last_move_and_passes() -> None:
    last = view(at=HALF, following=WHOLE)
    first = shift(last, WHOLE)
    assert isinstance(first, Rows)
    assert first.colours[0].bears_slug
    bearing = with_row(last, GREEN, bears_slug=True)
    assert shift(bearing, WHOLE) == AddSlug(GREEN)
    added = with_facts(bearing, job_has_slug={GREEN: True})
    assert isinstance(shift(added, WHOLE), Wait)
    passing = with_facts(added, slug_passing={GREEN: True})
    action = shift(passing, WHOLE)
    assert isinstance(action, Rows)
    assert action.rollout.moving


MOVING = view(following=HALF, moving=True)


def test_the_tree_is_written_and_shown_before_the_old_side_may_fall() -> None:
    unwritten = with_facts(MOVING, tree_written=False, edges_show=False)
    assert shift(unwritten, WHOLE) == WriteTree()
    assert isinstance(shift(with_facts(MOVING, edges_show=False), WHOLE), Wait)
    action = shift(MOVING, WHOLE)
    assert isinstance(action, Rows)
    assert (action.rollout.at, action.rollout.moving) == (HALF, False)


def test_health_is_asked_again_when_the_edges_show_the_move() -> None:
    assert isinstance(shift(with_facts(MOVING, healthy=healthy(4, 0)), WHOLE), Wait)


def test_a_raise_that_leads_away_is_taken_back() -> None:
    action = shift(RAISED, ZERO)
    assert isinstance(action, Rows)
    assert action.rollout.next == 0


def test_a_move_that_leads_away_is_swapped_and_drawn_again() -> None:
    action = shift(MOVING, ZERO)
    assert isinstance(action, Rows)
    swapped = settled(replace(MOVING, rollout=action.rollout))
    assert (action.rollout.at, action.rollout.next, action.rollout.moving) == (HALF, ZERO, True)
    assert (swapped.wanted(BLUE), swapped.wanted(GREEN)) == (4, 2)
    assert shift(with_facts(swapped, tree_written=False), ZERO) == WriteTree()


def test_without_a_port_edges_and_slug_are_not_asked() -> None:
    made = replace(view(at=HALF, following=WHOLE, moving=True), has_port=False)
    action = shift(with_facts(made, tree_written=False, edges_show=False), WHOLE)
    assert isinstance(action, Rows)
    assert action.rollout.at == WHOLE
