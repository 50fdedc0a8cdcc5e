from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from jobs.deploy.actions import Action, AddSlug, Rows, Wait, WriteTree
from jobs.deploy.view import View
from platform_admin.rules.rollout import WHOLE, Colour, other


def shift(view: View, goal: Fraction) -> Action | None:
    """The next action that brings the new colour's share to `goal` (0 or 1), None when there.

    One move is: give the gaining colour what it needs (`next`), let the edges follow
    (`moving`), take from the other (`at = next`). Each move is as large as the room allows.
    """
    rollout = view.rollout
    if rollout.moving:
        return _move(view, goal)
    if rollout.next == rollout.at:
        return None if rollout.at == goal else _begin(view, goal)
    if _away(view, goal):
        return Rows(replace(rollout, next=rollout.at, state_at=view.now))
    return _raise(view, goal)


def gaining(view: View, goal: Fraction) -> Colour:
    """The colour whose share grows on the way to `goal`."""
    return view.rollout.new if goal == WHOLE else other(view.rollout.new)


def _away(view: View, goal: Fraction) -> bool:
    """Whether the move under way leads away from the goal (a shift that is being undone)."""
    return (view.rollout.next > view.rollout.at) != (goal > view.rollout.at)


def _begin(view: View, goal: Fraction) -> Action:
    following = next_share(view, goal)
    if following == view.rollout.at:
        return Wait("waiting for room in the quota for the next instances")
    return Rows(replace(view.rollout, next=following, state_at=view.now))


def next_share(view: View, goal: Fraction) -> Fraction:
    """The share nearest to `goal` at which both colours fit into the room."""
    if view.desired == 0:
        return goal
    losing = other(gaining(view, goal))
    fits = view.room - max(view.wanted(losing), view.row(losing).at_most)
    part = max(Fraction(0), min(WHOLE, Fraction(fits, view.desired)))
    if goal == WHOLE:
        return max(view.rollout.at, part)
    return min(view.rollout.at, WHOLE - part)


def _raise(view: View, goal: Fraction) -> Action:
    gain = gaining(view, goal)
    last = goal == WHOLE and view.rollout.next == WHOLE
    return (
        (slug_on(view, gain) if last else None)
        or _ready(view, gain)
        or Rows(replace(view.rollout, moving=True, state_at=view.now))
    )


def _move(view: View, goal: Fraction) -> Action:
    rollout = view.rollout
    if _away(view, goal):
        back = replace(rollout, at=rollout.next, next=rollout.at, state_at=view.now)
        return Rows(back)
    return (
        tree(view)
        or _ready(view, gaining(view, goal))
        or Rows(replace(rollout, at=rollout.next, moving=False, state_at=view.now))
    )


def _ready(view: View, gain: Colour) -> Action | None:
    """Wait until the gaining colour can take what it gets; a dead losing one is not waited for."""
    seen = view.facts.healthy.get(gain, 0)
    if not view.settled(gain):
        return Wait(f"waiting for Nomad to take {view.wanted(gain)} instances of {gain}")
    if view.whole(gain):
        return None
    if view.dead(other(gain)) and view.fresh(gain) and seen > 0:
        return None
    return Wait(f"{gain}: {seen} of {view.wanted(gain)} instances are healthy")


def tree(view: View) -> Action | None:
    """Write the routers where they differ, then wait until every edge shows them."""
    if not view.has_port:
        return None
    if not view.facts.tree_written:
        return WriteTree()
    if not view.facts.edges_show:
        return Wait("waiting for every edge to show the new routes")
    return None


def slug_on(view: View, colour: Colour) -> Action | None:
    """Give a colour the slug in Consul and wait until it passes there."""
    if not view.has_port:
        return None
    row = view.row(colour)
    if not row.bears_slug:
        return Rows(view.rollout, (replace(row, bears_slug=True),))
    if not view.facts.job_has_slug.get(colour, False):
        return AddSlug(colour)
    if view.facts.slug_passing.get(colour, False) or view.wanted(colour) == 0:
        return None
    return Wait(f"waiting for the slug to pass in Consul for {colour}")
