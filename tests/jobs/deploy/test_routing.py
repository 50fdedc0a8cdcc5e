from __future__ import annotations

from fractions import Fraction

import pytest

from jobs.deploy.routing import Routing, routing
from platform_admin.rules.rollout import BLUE, GREEN, Colour, ColourRow, RolloutRow

HALF, WHOLE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)


def drawn(
    live: Colour | None,
    at: Fraction = ZERO,
    following: Fraction = ZERO,
    *,
    moving: bool = False,
    state: str = "shift",
    verified: bool = True,
) -> Routing:
    rollout = RolloutRow(live=live, new=GREEN, at=at, next=following, moving=moving, state=state)
    blue = ColourRow(BLUE, verified=live is not None)
    return routing(rollout, blue, ColourRow(GREEN, verified=verified))


def test_a_colour_that_is_not_verified_is_in_no_layer() -> None:
    assert drawn(BLUE, state="watch", verified=False) == Routing(BLUE, None, GREEN, None, GREEN)


def test_the_other_colour_is_behind_the_live_one_while_verified() -> None:
    assert drawn(BLUE).other == GREEN


@pytest.mark.parametrize(
    ("at", "following", "moving", "share"),
    [
        (ZERO, HALF, False, None),
        (ZERO, HALF, True, HALF),
        (HALF, WHOLE, False, HALF),
        (HALF, ZERO, True, None),
    ],
)
def test_shares_are_next_while_moving_and_else_at(
    at: Fraction, following: Fraction, moving: bool, share: Fraction | None
) -> None:
    assert drawn(BLUE, at, following, moving=moving).share == share


def test_a_whole_share_is_drawn_as_live_with_the_old_one_behind() -> None:
    assert drawn(BLUE, HALF, WHOLE, moving=True) == Routing(GREEN, BLUE, GREEN, None, GREEN)


def test_a_first_release_is_reached_by_its_callers_once_verified() -> None:
    assert drawn(None, state="ready") == Routing(None, GREEN, GREEN, None, GREEN)


def test_a_first_release_that_is_whole_has_nothing_behind() -> None:
    assert drawn(None, ZERO, WHOLE, moving=True) == Routing(GREEN, None, GREEN, None, GREEN)


@pytest.mark.parametrize("state", ["rest", "empty", "values", "slug_off", "stand_by", "undone"])
def test_the_smoke_router_stands_only_while_a_release_is_tried(state: str) -> None:
    assert drawn(BLUE, state=state).smoke is None
