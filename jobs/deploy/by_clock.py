"""A cron on its way through a deployment: one job, which becomes live by being registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from jobs.deploy.actions import (
    Action,
    CheckJob,
    Done,
    Rows,
    StartClock,
    StopClock,
    Wait,
    WriteVariable,
)
from jobs.deploy.view import View
from platform_admin.rules.rollout import other


def _empty(view: View) -> tuple[Action, ...]:
    """The values of the idle colour are read by nobody any more: all of its runs have started."""
    if view.facts.running.get(view.new.colour, 0):
        return (Wait("a run of an older release has not started yet"),)
    return (Rows(view.entered("emptied"), (replace(view.new, verified=False),)),)


def _values(view: View) -> tuple[Action, ...]:
    """The new values stand beside those of the live release."""
    if view.new.release != view.release:
        return (Rows(view.rollout, (replace(view.new, release=view.release),)),)
    return (WriteVariable(), Rows(view.entered("register")))


def _register(view: View) -> tuple[Action, ...]:
    """Registering is going live, so that comes when all services are verified."""
    return (CheckJob(), Rows(view.entered("watch")))


def _watch(view: View) -> tuple[Action, ...]:
    return (Rows(view.entered("ready"), (replace(view.new, verified=True),)),)


def _shift(view: View) -> tuple[Action, ...]:
    new = view.new.colour
    live = view.entered("stand_by", live=new, new=other(new), at=Fraction(0), next=Fraction(0))
    return (StartClock(new), Rows(live))


def _clean(view: View) -> tuple[Action, ...]:
    return (Rows(view.entered("rest", hold=0, deployment=None, before=None)), Done())


def _undo(view: View) -> tuple[Action, ...]:
    """The job is again what it was, whether or not it was changed: the answer may be lost."""
    before = view.rollout.before
    if before is None:
        mine = view.rollout.live or view.rollout.new
        return (StopClock(), Rows(view.entered("undone", live=None, new=mine)))
    back = view.entered("undone", live=before, new=other(before))
    return (StartClock(before, again=True), Rows(back))


def _undone(view: View) -> tuple[Action, ...]:
    if view.new.verified:
        return (Rows(view.rollout, (replace(view.new, verified=False),)),)
    return _clean(view)


STATES: Mapping[str, Callable[[View], tuple[Action, ...]]] = {
    "empty": _empty,
    "emptied": lambda view: (Wait("waiting for quota, resources and release commands"),),
    "values": _values,
    "register": _register,
    "watch": _watch,
    "ready": lambda view: (Wait("checked; the other services are not there yet"),),
    "shift": _shift,
    "stand_by": lambda view: (Rows(view.entered("steady")),),
    "steady": lambda view: (Wait("live; the other services are not there yet"),),
    "clean": _clean,
    "undo": _undo,
    "undone": _undone,
}
