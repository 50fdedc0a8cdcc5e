from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from jobs.deploy import alone, by_clock
from jobs.deploy.actions import (
    Action,
    AddSlug,
    Done,
    Register,
    Rows,
    TakeSlug,
    Wait,
    WriteTree,
    WriteVariable,
)
from jobs.deploy.shift import shift, slug_on, tree
from jobs.deploy.view import View
from jobs.deploy.watch import in_time, watch
from platform_admin.rules.rollout import WHOLE, Colour, ColourRow, other

ZERO = Fraction(0)


def decide(view: View) -> tuple[Action, ...]:
    """What to do next for one service of a deployment, in order; a Wait or Fail comes alone.

    Each state's rule reads rows and facts only, so a step that is run twice, or goes on after
    a crash between any two actions, does what is left to do. releases.md is the table.
    """
    state = view.rollout.state
    if view.by_clock:
        return by_clock.STATES[state](view)
    rules = alone.STATES if view.alone and state in alone.STATES else STATES
    return rules[state](view)


def _empty(view: View) -> tuple[Action, ...]:
    """The idle colour is known to nobody, then runs nothing."""
    idle = view.new
    if idle.verified:
        return (Rows(view.rollout, (replace(idle, verified=False),)),)
    action = tree(view) or _slug_off(view, idle)
    if action:
        return (action,)
    if idle.stand_by:
        return (Rows(view.rollout, (replace(idle, stand_by=0),)),)
    if not view.gone(idle.colour):
        return (Wait("the last instances of the idle colour are draining"),)
    return (Rows(view.entered("emptied")),)


def _values(view: View) -> tuple[Action, ...]:
    if view.new.release != view.release:
        return (Rows(view.rollout, (replace(view.new, release=view.release),)),)
    return (WriteVariable(), Rows(view.entered("register")))


def _register(view: View) -> tuple[Action, ...]:
    return (Register(), Rows(view.entered("watch"), (replace(view.new, stand_by=1),)))


def _ready(view: View) -> tuple[Action, ...]:
    """Verified, waiting for its turn: callers may reach it, traffic does not."""
    if view.has_port and not view.facts.tree_written:
        return (WriteTree(),)
    if view.rollout.live is None:
        action = slug_on(view, view.new.colour)
        if action and not isinstance(action, Wait):
            return (action,)
    how = "registered" if view.alone else "verified"
    return (Wait(f"{how}; the other services are not there yet"),)


def _shift(view: View) -> tuple[Action, ...]:
    action = shift(view, WHOLE) or _go_live(view, "slug_off")
    if isinstance(action, Wait):
        action = in_time(view, action.reason)
    return (_at_once(view, action, "slug_off"),)


def _at_once(view: View, action: Action, state: str) -> Action:
    """The arrival at the whole share and going live are one write."""
    if isinstance(action, Rows) and action.rollout.at == WHOLE and not action.rollout.moving:
        return _go_live(view, state)
    return action


def _go_live(view: View, state: str) -> Rows:
    """The new colour becomes live; the old one stands by at its size."""
    new, old = view.new.colour, view.old
    stand_by = max(old.stand_by, old.at_most) if view.rollout.live else 0
    return Rows(
        view.entered(state, live=new, new=other(new), at=ZERO, next=ZERO, moving=False),
        (replace(view.new, stand_by=0), replace(old, stand_by=stand_by)),
    )


def _slug_off_state(view: View) -> tuple[Action, ...]:
    action = tree(view) or _slug_off(view, view.new)
    return (action or Rows(view.entered("stand_by")),)


def _slug_off(view: View, row: ColourRow) -> Action | None:
    if not view.has_port or not row.bears_slug:
        return None
    if view.facts.job_has_slug.get(row.colour, False):
        return TakeSlug(row.colour)
    return Rows(view.rollout, (replace(row, bears_slug=False),))


def _stand_by(view: View) -> tuple[Action, ...]:
    """The way back is kept until every service of the deployment is live and healthy."""
    live = view.rollout.live or view.old.colour
    if not view.whole(live):
        return (in_time(view, "waiting for the live instances to be healthy"),)
    return (Rows(view.entered("steady")),)


def _steady(view: View) -> tuple[Action, ...]:
    """Live and healthy; one that does not stay so holds up the clean-up of all."""
    if not view.whole(view.rollout.live or view.old.colour):
        return (Rows(view.entered("stand_by")),)
    return (Wait("live; the other services are not there yet"),)


def _clean(view: View) -> tuple[Action, ...]:
    """The colour that is not live runs nothing, and the deployment lets the service go."""
    if view.new.stand_by:
        return (Rows(view.rollout, (replace(view.new, stand_by=0),)),)
    if view.new.acknowledged != 0:
        return (Wait("waiting for Nomad to take away the other colour"),)
    return (Rows(view.entered("rest", hold=0, deployment=None, before=None)), Done())


def _undo(view: View) -> tuple[Action, ...]:
    """Bring what was live before back, or, where nothing was, take everything away."""
    goal, gain = goal_of_undo(view)
    if gain is None:
        return (_nothing_live(view),)
    action = _take_before_giving(view, goal) or shift(view, goal)
    if action is None:
        return (Rows(view.entered("undone")),)
    seen_late = view.facts.observed_at > view.rollout.state_at + view.start_limit_s
    if seen_late and isinstance(action, Wait | AddSlug):
        return (_end_whole(view),)
    return (_at_once(view, action, "undone"),)


def _take_before_giving(view: View, goal: Fraction) -> Action | None:
    """A way back to a colour that is losing its slug lets it lose it first, and gives it again.

    Only the change makes a taking stale that is still on its way: it would come much later.
    """
    rollout = view.rollout
    begun = rollout.at or rollout.next or rollout.moving
    return None if goal == ZERO or begun else _slug_off(view, view.new)


def goal_of_undo(view: View) -> tuple[Fraction, Colour | None]:
    """The share to undo to, and the colour that was live before; None if none ever was."""
    before = view.rollout.before
    return (ZERO if view.rollout.live == before else WHOLE), before


def _nothing_live(view: View) -> Rows:
    """Never live: no colour is live, and what runs goes when the edges have let it go."""
    rollout = view.rollout
    mine = rollout.live or rollout.new
    row = view.row(mine)
    return Rows(
        view.entered("undone", live=None, new=mine, at=ZERO, next=ZERO, moving=False),
        (replace(row, verified=False, stand_by=row.at_most),),
    )


def _end_whole(view: View) -> Rows:
    """Past its limit a way back ends on the colour with more healthy instances.

    The one that was live before, if equal.
    """
    _, before = goal_of_undo(view)
    assert before is not None
    healthy = view.facts.healthy
    after = other(before)
    winner = after if healthy.get(after, 0) > healthy.get(before, 0) else before
    loser = view.row(other(winner))
    return Rows(
        view.entered("undone", live=winner, new=loser.colour, at=ZERO, next=ZERO, moving=False),
        (
            replace(view.row(winner), stand_by=0, verified=True),
            replace(loser, stand_by=loser.at_most),
        ),
    )


def _undone(view: View) -> tuple[Action, ...]:
    """The losing colour takes no traffic, bears no slug, and then runs nothing."""
    rollout = view.rollout
    if view.alone and rollout.live and not view.whole(rollout.live) and not view.late:
        return (Wait("waiting for the old release to be healthy again"),)
    slug = slug_on(view, rollout.live) if rollout.live else None
    if slug and not (isinstance(slug, Wait) and (view.late or not view.new.bears_slug)):
        return (slug,)
    if view.new.verified:
        return (Rows(rollout, (replace(view.new, verified=False),)),)
    action = tree(view)
    if action and not (view.late and isinstance(action, Wait)):
        return (action,)
    action = _slug_off(view, view.new)
    return (action,) if action else _clean(view)


STATES: Mapping[str, Callable[[View], tuple[Action, ...]]] = {
    "empty": _empty,
    "emptied": lambda view: (Wait("waiting for quota, resources and release commands"),),
    "values": _values,
    "register": _register,
    "watch": watch,
    "ready": _ready,
    "shift": _shift,
    "slug_off": _slug_off_state,
    "stand_by": _stand_by,
    "steady": _steady,
    "clean": _clean,
    "undo": _undo,
    "undone": _undone,
}
