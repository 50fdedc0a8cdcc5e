"""Every step as a generator that stops before each effect.

Whoever runs it may go on, leave it there for ever (a crash), go on much later (a frozen process),
or send a fault: "away" (the effect does not happen) or "lost" (it happens, its answer is lost).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from functools import partial
from typing import TypeVar

from jobs.deploy import decide as machine
from jobs.deploy.actions import (
    Action,
    AddSlug,
    Fail,
    Limit,
    Register,
    Rows,
    TakeSlug,
    WriteTree,
    WriteVariable,
)
from jobs.deploy.counts import Hand, Known, Post, acknowledged, next_count, restored, unread
from jobs.deploy.view import View
from platform_admin.rules.rollout import Colour, ColourRow
from tests.jobs.deploy.cluster import Away, Conflict
from tests.jobs.deploy.world import COLOURS, Deployment, Service, World

T = TypeVar("T")
Step = Generator[str, str | None, T]
Prepared = tuple[str, Callable[[], None]]


def effect(world: World, name: str, act: Callable[[], T]) -> Step[T]:
    """Return what `act` answers, unless a fault comes."""
    fault = yield name
    world.tick()
    if fault == "away":
        raise Away
    result = act()
    if fault == "lost":
        raise Away
    return result


def apply(world: World, service: Service, colour: Colour) -> Step[None]:
    """Post a colour's count where Nomad has not acknowledged the split."""
    world.ask_nomad()
    known = service.row(colour)
    job = world.nomad.seen((service.name, colour), known.index)
    yield "lock"
    world.tick()
    before = service.row(colour)
    stays = world.stays_healthy(service, colour)
    may, wanted = world.may_start(service), service.wanted(colour)
    match next_count(before, wanted, job, stays_healthy=stays, may_start=may, mark=known.mark):
        case Known(row):
            world.put_counts(service, replace(row, acknowledged_at=world.now))
        case Hand(row, count):
            world.put_counts(service, replace(row, acknowledged_at=world.now))
            world.disturbed.hands_noticed += 1
            _override(world, service, colour, count)
        case Post() as post:
            world.put_counts(service, post.row)
            yield from _post(world, service, post, before)


def apply_unread(world: World, service: Service) -> Step[None]:
    """Post the live colour's count at rest, without a look at its job."""
    yield "lock"
    world.tick()
    plain = unread(service.desired, service.rollout, service.blue, service.green)
    if plain is None:
        return
    before, job = plain
    stays = world.stays_healthy(service, before.colour)
    wanted = service.wanted(before.colour)
    may = world.may_start(service)
    post = next_count(before, wanted, job, stays_healthy=stays, may_start=may)
    if isinstance(post, Post):
        world.put_counts(service, post.row)
        yield from _post(world, service, post, before)


def _post(world: World, service: Service, post: Post, before: ColourRow) -> Step[None]:
    colour = before.colour
    key = (service.name, colour)
    try:
        index = yield from effect(
            world,
            "scale",
            lambda: world.nomad.scale(key, post.count, index=post.index, ours=True, now=world.now),
        )
    except Conflict:
        yield "restore"
        row = service.row(colour)
        if row.mark == post.row.mark:
            world.put_counts(service, restored(row, before))
        return
    yield "answer"
    world.tick()
    row = service.row(colour)
    if row.mark == post.row.mark:
        world.put_counts(service, acknowledged(row, post.count, index, world.now))


def _override(world: World, service: Service, colour: Colour, count: int) -> None:
    """Another hand's count of the live colour at rest is taken in, inside bounds and quota."""
    if service.rollout.state == "rest" and service.rollout.live == colour:
        try:
            world.set_desired(service, min(count, service.maximum), service.desired_version)
        except Conflict:
            return


def sweep(world: World) -> Step[None]:
    """Apply what is not acknowledged, of every service, and what Nomad shows otherwise."""
    for service in world.services.values():
        for colour in COLOURS:
            if _differs(world, service, colour):
                try:
                    yield from apply(world, service, colour)
                except Away:
                    continue


def _differs(world: World, service: Service, colour: Colour) -> bool:
    row, job = service.row(colour), world.nomad.jobs.get((service.name, colour))
    count = job.count if job else 0
    return row.acknowledged is None or {row.acknowledged, service.wanted(colour)} != {count}


def tick(world: World, service: Service, change: int) -> Step[None]:
    """The scaler's change of a count, and the post that follows."""
    yield from set_desired(world, service, change)
    yield from apply_unread(world, service)


def set_desired(world: World, service: Service, change: int) -> Step[None]:
    """A tick over a field: the new count follows from what was read."""
    count, version = service.desired + change, service.desired_version
    yield from effect(world, "desired", lambda: world.set_desired(service, count, version))


def suspend(world: World, service: Service) -> Step[None]:
    """A person suspends a service, or resumes it; in one transaction, as all that is counted."""
    if service.suspended is None:
        yield from effect(world, "desired", lambda: world.suspend(service))
    else:
        count = service.suspended
        yield from effect(world, "desired", lambda: world.resume(service, count))


def repair(world: World) -> Step[None]:
    """Write the edge's keys of every service where they differ from the rows."""
    for service in world.services.values():
        if service.has_port and not world.tree_written(service):
            try:
                yield from effect(world, *_tree(world, service))
            except Conflict:
                continue


def _limit(world: World, service: Service, colour: Colour, most: int, index: int) -> None:
    world.nomad.limit((service.name, colour), most, enforce=index)
    if not most:
        service.put(replace(service.row(colour), acknowledged_at=world.now))


def _tree(world: World, service: Service) -> Prepared:
    """The write of a service's keys, with the content, version and index that are read now."""
    routing, version = service.routing(), service.rollout.version
    index = world.consul.indexes.get(service.name, 0)
    return "tree", lambda: world.consul.write(service.name, routing, version, index=index)


def step_service(world: World, deployment: Deployment, service: Service) -> Step[None]:
    """One pass over a service: counts first, then what the machine decides, in order."""
    for colour in COLOURS:
        if service.row(colour).acknowledged != service.wanted(colour):
            yield from apply(world, service, colour)
    if service.rollout.deployment != deployment.id:
        return
    view = world.view(service, deployment.releases[service.name])
    actions = machine.decide(view)
    for name, act in [prepare(world, service, deployment, view, each) for each in actions]:
        yield from effect(world, name, act)


def fail(deployment: Deployment) -> None:
    """A failed service, or a cancel, undoes the deployment, unless it is being cleaned up."""
    if deployment.state in {"emptying", "commands", "rolling"}:
        deployment.state = "undoing"
    elif deployment.state == "queued":
        deployment.state = "failed"


def prepare(
    world: World, service: Service, deployment: Deployment, view: View, action: Action
) -> Prepared:
    """One action with all that was read together with the view: it may run much later."""
    name, nomad = service.name, world.nomad
    key = (name, view.new.colour)
    match action:
        case Rows(rollout, rows):
            return "rows", partial(world.write, service, view.rollout.version, rollout, rows)
        case WriteTree():
            return _tree(world, service)
        case WriteVariable():
            cas = nomad.variable_index(key)
            return "variable", partial(nomad.put_variable, key, view.release, cas=cas)
        case Register():
            index = nomad.index(key)
            most = {"most": 0} if service.alone else {}
            return "register", lambda: nomad.register(
                key, view.release, enforce=index, now=world.now, **most
            )
        case Limit(colour, most):
            index = nomad.index((name, colour))
            return "limit", lambda: _limit(world, service, colour, most, index)
        case AddSlug(colour) | TakeSlug(colour):
            bearer, bears = (name, colour), isinstance(action, AddSlug)
            index = nomad.index(bearer)
            return "slug", lambda: nomad.set_slug(bearer, bears, enforce=index, now=world.now)
        case Fail():
            return "fail", partial(fail, deployment)
        case _:
            return "nothing", lambda: None
