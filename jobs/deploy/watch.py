"""The first instance of a new release, until it is known to be good."""

from __future__ import annotations

from dataclasses import replace

from jobs.deploy.actions import Action, Fail, Rows, Wait, WriteTree
from jobs.deploy.view import View

# Nomad restarts an instance some times before it gives it up for another one: two such will do.
GIVEN_UP = 2


def watch(view: View) -> tuple[Action, ...]:
    """The first instance of the new release gets healthy, and passes its smoke test."""
    if view.has_port and not view.facts.tree_written:
        return (WriteTree(),)
    colour = view.new.colour
    given_up = view.facts.failed.get(colour, 0)
    if given_up >= GIVEN_UP:
        return (Fail(f"{given_up} instances ended by themselves, again and again"),)
    if not view.settled(colour):
        return (in_time(view, "waiting for Nomad to take the first instance"),)
    if not view.fresh(colour) or not view.facts.healthy.get(colour):
        ended = ", and one ended by itself" if given_up else ""
        return (in_time(view, f"waiting for the first instance to become healthy{ended}"),)
    if view.facts.smoke != "ok":
        return (in_time(view, f"smoke test: {view.facts.smoke}"),)
    return (Rows(view.entered("ready"), (replace(view.new, verified=True),)),)


def in_time(view: View, reason: str) -> Wait | Fail:
    """A Wait, or, past the start-up limit, the Fail that undoes the deployment."""
    if not view.late:
        return Wait(reason)
    return Fail(f"{reason}: that did not happen within {view.start_limit_s:.0f} s")
