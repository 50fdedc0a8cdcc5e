"""Views for tables: a service with a port, four wanted, blue live, green the new one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from jobs.deploy.actions import Action, Rows
from jobs.deploy.decide import decide
from jobs.deploy.view import Facts, View
from platform_admin.rules.rollout import BLUE, GREEN, Colour, ColourRow, RolloutRow

NOW = 1000.0
HALF, WHOLE = Fraction(1, 2), Fraction(1)


def view(
    state: str = "shift",
    at: Fraction | int = 0,
    following: Fraction | int | None = None,
    *,
    moving: bool = False,
    desired: int = 4,
    room: int = 5,
    age_s: float = 1.0,
    live: Colour | None = BLUE,
) -> View:
    """A service in a state since `age_s`, its counts acknowledged and all of them healthy."""
    rollout = RolloutRow(
        live=live,
        before=live,
        new=GREEN,
        at=Fraction(at),
        next=Fraction(at if following is None else following),
        moving=moving,
        state=state,
        state_at=NOW - age_s,
        deployment=1,
        hold=1,
    )
    old = ColourRow(BLUE, release=1, verified=live == BLUE, bears_slug=live == BLUE)
    new = ColourRow(GREEN, release=2, verified=True, stand_by=1)
    made = View(
        now=NOW,
        desired=desired,
        has_port=True,
        start_limit_s=120,
        release=2,
        room=room,
        rollout=rollout,
        blue=old,
        green=new,
        facts=Facts(observed_at=NOW, job_has_slug={BLUE: True}, slug_passing={BLUE: True}),
    )
    return settled(made)


def settled(made: View) -> View:
    """The view with what the split asks for acknowledged, running and healthy."""
    counts = {BLUE: made.wanted(BLUE), GREEN: made.wanted(GREEN)}
    rows = {
        c: replace(made.row(c), acknowledged=n, at_most=n, acknowledged_at=NOW - 0.5)
        for c, n in counts.items()
    }
    facts = replace(made.facts, healthy=counts, running=counts)
    return replace(made, blue=rows[BLUE], green=rows[GREEN], facts=facts)


def with_facts(made: View, **facts: object) -> View:
    """The view with other facts."""
    return replace(made, facts=replace(made.facts, **facts))  # type: ignore[arg-type]


def with_row(made: View, colour: Colour, **values: object) -> View:
    """The view with other values in a colour's row."""
    row = replace(made.row(colour), **values)  # type: ignore[arg-type]
    return replace(made, blue=row) if colour == BLUE else replace(made, green=row)


def only(made: View) -> Action:
    """The one action that is decided."""
    (action,) = decide(made)
    return action


def written(made: View) -> RolloutRow:
    """The rollout that the one action writes."""
    action = only(made)
    assert isinstance(action, Rows)
    return action.rollout


def healthy(blue: int, green: int) -> dict[Colour, int]:
    """Healthy instances of both colours."""
    return {BLUE: blue, GREEN: green}
