"""The machine with one rule taken away at a time, and the invariants that may notice it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from jobs.deploy import counts, decide, routing, shift
from jobs.deploy.actions import Action, Rows
from jobs.deploy.counts import Hand, JobSeen, Next, Post
from jobs.deploy.routing import Routing
from jobs.deploy.view import View
from platform_admin.rules import split
from platform_admin.rules.rollout import WHOLE, Colour, ColourRow, RolloutRow, other
from tests.jobs.deploy import effects, test_model, world
from tests.jobs.deploy.world import World

Patch = pytest.MonkeyPatch
Mutation = Callable[[Patch], None]
next_count, new_world = counts.next_count, test_model.new_world


def only_the_next_share_counts(patch: Patch) -> None:
    def share_of(colour: Colour, rollout: RolloutRow) -> Fraction:
        share = rollout.next if colour == rollout.new else WHOLE - rollout.next
        return share if rollout.live or colour == rollout.new else Fraction(0)

    patch.setattr(split, "share_of", share_of)


def lower_before_the_edges_show(patch: Patch) -> None:
    patch.setattr(shift, "tree", lambda view: None)


def move_last_without_the_slug(patch: Patch) -> None:
    patch.setattr(shift, "slug_on", lambda view, colour: None)


def _with_next(patch: Patch, change: Callable[[ColourRow, Next], Next]) -> None:
    def changed(row: ColourRow, wanted: int, job: JobSeen | None, **rest: Any) -> Next:
        return change(row, next_count(row, wanted, job, **rest))

    patch.setattr(effects, "next_count", changed)


def post_without_saying_unknown(patch: Patch) -> None:
    def change(row: ColourRow, following: Next) -> Next:
        if isinstance(following, Post):
            known = replace(following.row, acknowledged=row.acknowledged)
            return replace(following, row=known)
        return following

    _with_next(patch, change)


def post_without_a_mark(patch: Patch) -> None:
    def change(row: ColourRow, following: Next) -> Next:
        if isinstance(following, Post):
            return replace(following, row=replace(following.row, mark=row.mark))
        return following

    _with_next(patch, change)


def forget_the_hand(patch: Patch) -> None:
    def change(row: ColourRow, following: Next) -> Next:
        return replace(following, row=row) if isinstance(following, Hand) else following

    _with_next(patch, change)


def do_not_smoke(patch: Patch) -> None:
    watch = decide.STATES["watch"]

    def untested(view: View) -> tuple[Action, ...]:
        return watch(replace(view, facts=replace(view.facts, smoke="ok")))

    patch.setitem(decide.STATES, "watch", untested)


def do_not_wait_for_health(patch: Patch) -> None:
    patch.setattr(View, "whole", View.settled)


def give_back_before_the_acknowledgement(patch: Patch) -> None:
    def reserved(desired: int, rollout: RolloutRow, rows: tuple[ColourRow, ColourRow]) -> int:
        running = sum(split.split(desired, rollout, row) for row in rows)
        return max(desired + rollout.hold, running)

    patch.setattr(world, "reserved", reserved)


def go_live_when_a_last_move_is_undone(patch: Patch) -> None:
    def at_once(view: View, action: Action, state: str) -> Action:
        whole = isinstance(action, Rows) and action.rollout.at == WHOLE
        return decide._go_live(view, state) if whole else action

    patch.setattr(decide, "_at_once", at_once)


def give_back_a_slug_that_is_being_taken(patch: Patch) -> None:
    patch.setattr(decide, "_take_before_giving", lambda view, goal: None)


def end_a_late_undo_first(patch: Patch) -> None:
    undo = decide.STATES["undo"]

    def late(view: View) -> tuple[Action, ...]:
        return (decide._end_whole(view),) if view.late and view.rollout.before else undo(view)

    patch.setitem(decide.STATES, "undo", late)


def draw_the_share_before_the_move(patch: Patch) -> None:
    def drawn(rollout: RolloutRow, blue: ColourRow, green: ColourRow) -> Routing:
        return routing.routing(replace(rollout, moving=False), blue, green)

    patch.setattr(world, "routing", drawn)


def draw_the_untested_one(patch: Patch) -> None:
    def drawn(rollout: RolloutRow, blue: ColourRow, green: ColourRow) -> Routing:
        right = routing.routing(rollout, blue, green)
        return replace(right, other=other(right.live) if right.live else rollout.new)

    patch.setattr(world, "routing", drawn)


def _with_world(patch: Patch, change: Callable[[World], None]) -> None:
    def changed(*values: Any) -> World:
        made = new_world(*values)
        change(made)
        return made

    patch.setattr(test_model, "new_world", changed)


def ignore_the_jobs_index(patch: Patch) -> None:
    _with_world(patch, lambda made: setattr(made.nomad, "enforces", False))


def ignore_the_trees_version(patch: Patch) -> None:
    _with_world(patch, lambda made: setattr(made.consul, "guards_version", False))


def ignore_the_rollouts_version(patch: Patch) -> None:
    _with_world(patch, lambda made: setattr(made, "guards_rows", False))


CAPACITY = {"carries no less", "someone answers"}
# Caught by one interrupted release of three instances: in which way, of which kind.
INTERRUPTED: dict[Mutation, tuple[str, str, set[str]]] = {
    only_the_next_share_counts: ("crash", "good", CAPACITY),
    move_last_without_the_slug: ("crash", "good", {"slug is with live"}),
    post_without_saying_unknown: ("crash", "good", {"hands are hands"}),
    post_without_a_mark: ("twice", "good", {"hands are hands"}),
    do_not_wait_for_health: ("crash", "flaky", CAPACITY),
    give_back_before_the_acknowledgement: ("crash", "good", {"runs what is reserved"}),
    go_live_when_a_last_move_is_undone: ("cancel", "good", {"undone is what was"}),
    give_back_a_slug_that_is_being_taken: ("cancel", "good", {"slug is with live"}),
    draw_the_share_before_the_move: ("cancel", "good", CAPACITY),
    ignore_the_jobs_index: ("twice", "good", {"slug is with live", "runs what is reserved"}),
    ignore_the_trees_version: ("twice", "good", CAPACITY),
    ignore_the_rollouts_version: ("twice", "good", {"slug is with live", "converges"}),
}
# Caught by random runs.
RANDOM: dict[Mutation, set[str]] = {
    lower_before_the_edges_show: CAPACITY,
    forget_the_hand: {"hands are hands"},
    do_not_smoke: {"live is verified", "no traffic to the unverified"},
    draw_the_untested_one: {"no traffic to the unverified"},
    end_a_late_undo_first: CAPACITY | {"live is verified", "slug is with live", "converges"},
}
