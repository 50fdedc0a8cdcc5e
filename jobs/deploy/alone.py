"""A service of which never two instances run: the old release ends before the new one begins.

Both colours' jobs have 0 and nothing of them runs any more, on a cut-off node either, before one
of them gets its 1. What is idle may have no instance at all in Nomad's eyes, so that no other
hand starts one beside the one that runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from jobs.deploy.actions import Action, Limit, Register, Rows, Wait
from jobs.deploy.view import View
from jobs.deploy.watch import watch
from platform_admin.rules.rollout import Colour, other

IDLE_MOST = 0
LIVE_MOST = 1
NONE = Fraction(0)


def _register(view: View) -> tuple[Action, ...]:
    """The new release is known to Nomad; its turn comes when all others are verified."""
    return (Register(), Rows(view.entered("ready")))


def _stop(view: View) -> tuple[Action, ...]:
    """The old release ends, for as long as that takes; only then the new one may begin."""
    if view.rollout.live is not None:
        return (_nobody(view, view.rollout.new),)
    action = _in_the_way(view, view.rollout.new)
    if action:
        return (action,)
    begun = Rows(view.entered("start"), (replace(view.new, stand_by=1),))
    return (*_opened(view, view.rollout.new), begun)


def _start(view: View) -> tuple[Action, ...]:
    """The new release is watched as the first instance of any other, and live with that."""
    [action] = watch(view)
    return (_live(view, view.rollout.new, "slug_off") if isinstance(action, Rows) else action,)


def _undo(view: View) -> tuple[Action, ...]:
    """The new release ends, then the old one begins again; there is no limit to the waiting."""
    before = view.rollout.before
    if view.rollout.live is not None and view.rollout.live != before:
        return (_nobody(view, view.rollout.live),)
    if view.new.stand_by:
        return (Rows(view.rollout, (replace(view.new, stand_by=0),)),)
    if before is None or view.rollout.live == before:
        return (Rows(view.entered("undone")),)
    action = _in_the_way(view, before)
    return (action,) if action else (*_opened(view, before), _live(view, before, "undone"))


def _nobody(view: View, new: Colour) -> Rows:
    """Neither colour is live, and both are to have 0."""
    rows = tuple(replace(row, stand_by=0) for row in (view.blue, view.green))
    rollout = replace(
        view.rollout, live=None, new=new, at=NONE, next=NONE, moving=False, state_at=view.now
    )
    return Rows(rollout, rows)


def _live(view: View, colour: Colour, state: str) -> Rows:
    losing = other(colour)
    return Rows(
        view.entered(state, live=colour, new=losing, at=NONE, next=NONE, moving=False),
        (
            replace(view.row(colour), stand_by=0, verified=True),
            replace(view.row(losing), stand_by=0),
        ),
    )


def _in_the_way(view: View, colour: Colour) -> Action | None:
    """What is left until a colour may have its instance: nothing runs, nor can be started.

    What is idle is closed first, so that what is seen afterwards stays so.
    """
    idle, facts = other(colour), view.facts
    if view.row(idle).acknowledged != 0 or facts.job_count.get(idle):
        return Wait("waiting for Nomad to end the instance that runs")
    if facts.job_most.get(idle, IDLE_MOST) != IDLE_MOST:
        return Limit(idle, IDLE_MOST)
    if not (view.gone(idle) and view.gone(colour)) or facts.job_count.get(colour):
        return Wait(
            "waiting for the instance that ran to end (on a node that is cut off: bring the"
            " node back, or remove it from the cluster)"
        )
    return None


def _opened(view: View, colour: Colour) -> tuple[Action, ...]:
    """What lets Nomad start an instance of the colour, where it may not yet."""
    closed = view.facts.job_most.get(colour) == IDLE_MOST
    return (Limit(colour, LIVE_MOST),) if closed else ()


STATES: Mapping[str, Callable[[View], tuple[Action, ...]]] = {
    "register": _register,
    "shift": _stop,
    "start": _start,
    "undo": _undo,
}
"""What differs from jobs.deploy.decide."""
