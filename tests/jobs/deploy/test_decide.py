from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from jobs.deploy.actions import (
    Action,
    Done,
    Fail,
    Register,
    Rows,
    TakeSlug,
    Wait,
    WriteTree,
    WriteVariable,
)
from jobs.deploy.decide import decide
from jobs.deploy.view import View
from platform_admin.rules.rollout import BLUE, GREEN
from tests.jobs.deploy.views import (
    HALF,
    NOW,
    WHOLE,
    healthy,
    only,
    view,
    with_facts,
    with_row,
    written,
)

LATE_S = 121.0


def idle(**row: object) -> View:
    """A service whose idle colour is to be emptied; it runs nothing and nobody knows it."""
    values = {"verified": False, "stand_by": 0, "acknowledged": 0, "at_most": 0, **row}
    made = with_row(view("empty"), GREEN, **values)
    return with_facts(made, healthy=healthy(4, 0), running=healthy(4, 0))


def watched(**row: object) -> View:
    return with_row(view("watch"), GREEN, verified=False, **row)


def test_an_idle_colour_is_emptied_when_nobody_knows_it_and_nothing_runs() -> None:
    assert written(idle()).state == "emptied"


@pytest.mark.parametrize(
    ("made", "action"),
    [
        (idle(verified=True), Rows),
        (with_facts(idle(), tree_written=False), WriteTree),
        (with_facts(idle(), edges_show=False), Wait),
        (with_facts(idle(bears_slug=True), job_has_slug={GREEN: True}), TakeSlug),
        (idle(bears_slug=True), Rows),
        (idle(stand_by=2), Rows),
        (idle(acknowledged=None), Wait),
        (with_facts(idle(), running=healthy(4, 1)), Wait),
        (idle(acknowledged_at=NOW + 1), Wait),
    ],
)
def test_an_idle_colour_is_not_emptied_before(made: View, action: type[Action]) -> None:
    decided = only(made)
    assert isinstance(decided, action)
    assert not isinstance(decided, Rows) or decided.rollout.state == "empty"


def test_the_release_stands_in_the_row_before_the_variable_is_written() -> None:
    made = with_row(view("values"), GREEN, release=1)
    action = only(made)
    assert isinstance(action, Rows)
    assert action.colours[0].release == 2
    variable, rows = decide(view("values"))
    assert variable == WriteVariable()
    assert isinstance(rows, Rows)
    assert rows.rollout.state == "register"


def test_the_stand_by_comes_with_the_registration() -> None:
    register, rows = decide(with_row(view("register"), GREEN, stand_by=0))
    assert register == Register()
    assert isinstance(rows, Rows)
    assert (rows.rollout.state, rows.colours[0].stand_by) == ("watch", 1)


@pytest.mark.parametrize("desired", [0, 4])
def test_one_healthy_tested_instance_makes_a_release_verified(desired: int) -> None:
    made = replace(watched(), desired=desired)
    action = only(made)
    assert isinstance(action, Rows)
    assert action.rollout.state == "ready"
    assert action.colours[0].verified


NOT_VERIFIED = {
    "not acknowledged": watched(acknowledged=None),
    "not healthy": with_facts(watched(), healthy=healthy(4, 0)),
    "an old table": watched(acknowledged_at=NOW + 1),
    "smoke": with_facts(watched(), smoke="it answers 500"),
}


@pytest.mark.parametrize("made", NOT_VERIFIED.values(), ids=NOT_VERIFIED)
def test_it_is_watched_until_the_limit_and_then_fails(made: View) -> None:
    assert isinstance(only(made), Wait)
    late = replace(made, rollout=replace(made.rollout, state_at=NOW - LATE_S))
    assert isinstance(only(late), Fail)


def test_a_first_release_gets_the_slug_as_soon_as_it_is_verified() -> None:
    action = only(view("ready", live=None))
    assert isinstance(action, Rows)
    assert action.colours[0].bears_slug
    assert isinstance(only(view("ready")), Wait)


def test_instances_that_nomad_gives_up_fail_it_long_before_the_limit() -> None:
    once, again = (with_facts(watched(), healthy=healthy(4, 0), failed={GREEN: n}) for n in (1, 2))
    assert isinstance(decide(once)[0], Wait)
    assert decide(again) == (Fail("2 instances ended by themselves, again and again"),)


def test_a_shift_that_does_not_get_healthy_fails_past_the_limit() -> None:
    made = with_facts(view("shift", 0, HALF), healthy=healthy(4, 1))
    assert isinstance(only(made), Wait)
    late = replace(made, rollout=replace(made.rollout, state_at=NOW - LATE_S))
    assert isinstance(only(late), Fail)


def test_arriving_at_the_whole_and_going_live_are_one_write() -> None:
    action = only(view("shift", HALF, WHOLE, moving=True))
    assert isinstance(action, Rows)
    rollout = action.rollout
    assert (rollout.live, rollout.new, rollout.state) == (GREEN, BLUE, "slug_off")
    assert rollout.at == rollout.next == 0
    stand_by = {row.colour: row.stand_by for row in action.colours}
    assert stand_by == {GREEN: 0, BLUE: 2}


def test_live_stands_on_the_edge_before_the_old_one_loses_its_slug() -> None:
    made = _live("slug_off")
    assert only(with_facts(made, tree_written=False)) == WriteTree()
    assert isinstance(only(with_facts(made, edges_show=False)), Wait)
    assert only(made) == TakeSlug(BLUE)
    gone = with_facts(made, job_has_slug={BLUE: False})
    assert isinstance(only(gone), Rows)
    assert written(with_row(gone, BLUE, bears_slug=False)).state == "stand_by"


def _live(state: str, **rollout: object) -> View:
    """Green went live, blue stands by with two."""
    made = view(state)
    values = {"live": GREEN, "new": BLUE, **rollout}
    made = replace(made, rollout=replace(made.rollout, **values))  # type: ignore[arg-type]
    blue = replace(made.blue, stand_by=2, acknowledged=2, at_most=2)
    green = replace(made.green, stand_by=0, acknowledged=4, at_most=4, bears_slug=True)
    facts = replace(
        made.facts,
        healthy=healthy(2, 4),
        job_has_slug={BLUE: True, GREEN: True},
        slug_passing={BLUE: True, GREEN: True},
    )
    return replace(made, blue=blue, green=green, facts=facts, room=6)


def test_a_live_one_that_does_not_stay_healthy_is_taken_back() -> None:
    made = with_facts(_live("stand_by"), healthy=healthy(2, 3))
    assert isinstance(only(made), Wait)
    late = replace(made, rollout=replace(made.rollout, state_at=NOW - LATE_S))
    assert isinstance(only(late), Fail)


@pytest.mark.parametrize("state", ["clean", "undone"])
def test_a_service_is_let_go_when_the_other_colour_is_acknowledged_to_be_none(state: str) -> None:
    made = _live(state, before=GREEN)
    made = with_row(made, BLUE, verified=False, bears_slug=False)
    first = only(made)
    assert isinstance(first, Rows)
    assert first.colours[0].stand_by == 0
    without = with_row(made, BLUE, stand_by=0)
    assert isinstance(only(without), Wait)
    rows, done = decide(with_row(without, BLUE, acknowledged=0))
    assert isinstance(rows, Rows)
    assert (rows.rollout.state, rows.rollout.hold, rows.rollout.deployment) == ("rest", 0, None)
    assert done == Done()


def test_an_undo_before_the_first_shift_changes_no_traffic() -> None:
    assert written(view("undo")).live == BLUE
    assert written(view("undo")).state == "undone"


def test_an_undo_in_the_last_move_swaps_it_and_does_not_go_live() -> None:
    rollout = written(view("undo", HALF, WHOLE, moving=True))
    assert (rollout.live, rollout.at, rollout.next) == (BLUE, WHOLE, HALF)
    assert (rollout.moving, rollout.state) == (True, "undo")


def test_a_way_back_to_a_colour_that_loses_its_slug_lets_it_lose_it_first() -> None:
    assert only(_live("undo")) == TakeSlug(BLUE)
    lost = with_facts(_live("undo"), job_has_slug={BLUE: False, GREEN: True})
    action = only(lost)
    assert isinstance(action, Rows)
    assert not action.colours[0].bears_slug
    back = written(with_row(lost, BLUE, bears_slug=False))
    assert back.next > back.at


@pytest.mark.parametrize(
    ("blue", "green", "live"), [(1, 3, GREEN), (2, 2, BLUE), (2, 1, BLUE), (0, 0, BLUE)]
)
def test_a_way_back_past_its_limit_ends_on_the_side_with_more(
    blue: int, green: int, live: str
) -> None:
    made = view("undo", HALF, Fraction(1, 4), age_s=LATE_S)
    rollout = written(with_facts(made, healthy=healthy(blue, green)))
    assert (rollout.live, rollout.state, rollout.moving) == (live, "undone", False)
    assert rollout.at == rollout.next == 0


def test_a_way_back_is_not_ended_by_a_table_from_before_its_limit() -> None:
    made = view("undo", HALF, Fraction(1, 4), age_s=LATE_S)
    assert isinstance(only(with_facts(made, healthy=healthy(0, 3), observed_at=NOW - 2)), Wait)


def test_a_late_undo_that_has_nothing_to_move_stays_with_what_is_live() -> None:
    made = with_row(view("undo", age_s=LATE_S), GREEN, verified=False)
    assert written(with_facts(made, healthy=healthy(0, 1))).live == BLUE


def test_where_nothing_was_live_an_undo_ends_with_nothing_live() -> None:
    made = _live("undo", before=None)
    action = only(made)
    assert isinstance(action, Rows)
    assert (action.rollout.live, action.rollout.new) == (None, GREEN)
    row = action.colours[0]
    assert (row.colour, row.verified, row.stand_by) == (GREEN, False, 4)


def test_the_losing_colour_keeps_its_slug_until_the_winner_passes_under_its_own() -> None:
    made = with_row(_live("undone"), BLUE, verified=False)
    waiting = with_facts(made, slug_passing={BLUE: True})
    assert isinstance(only(waiting), Wait)
    assert only(made) == TakeSlug(BLUE)
    late = replace(waiting, rollout=replace(waiting.rollout, state_at=NOW - LATE_S))
    assert only(late) == TakeSlug(BLUE)


def test_the_losing_colour_is_not_verified_before_its_routes_go() -> None:
    action = only(_live("undone"))
    assert isinstance(action, Rows)
    assert [(row.colour, row.verified) for row in action.colours] == [(BLUE, False)]


def test_a_live_colour_that_does_not_stay_healthy_holds_up_the_clean_up() -> None:
    made = _live("steady")
    assert isinstance(only(made), Wait)
    assert written(with_facts(made, healthy=healthy(4, 3))).state == "stand_by"


def test_the_losing_colour_runs_until_the_edges_have_let_it_go() -> None:
    made = with_row(_live("undone"), BLUE, verified=False, bears_slug=False)
    assert only(with_facts(made, tree_written=False)) == WriteTree()
    assert isinstance(only(with_facts(made, edges_show=False)), Wait)
