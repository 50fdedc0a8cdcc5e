"""A pass over a deployment: its services one after the other, then the barriers between them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from platform_admin.rules.rollout import other
from tests.jobs.deploy.cluster import Away, Conflict
from tests.jobs.deploy.effects import Step, effect, fail, step_service
from tests.jobs.deploy.world import Deployment, Service, World

BEFORE_READY = frozenset({"empty", "emptied", "values", "register", "watch"})
FORWARD = frozenset({"ready", "shift", "start", "slug_off", "stand_by", "steady"}) | BEFORE_READY
STEPPED = {
    "emptying": frozenset({"empty"}),
    "rolling": FORWARD,
    "cleaning": frozenset({"clean"}),
    "undoing": frozenset({"undo", "undone"}),
}


def step(world: World, deployment: Deployment) -> Step[None]:
    """One pass of whoever has the deployment; several may run at once."""
    if deployment.state == "queued":
        yield from effect(world, "take", lambda: take(world, deployment))
        return
    states = STEPPED.get(deployment.state, frozenset())
    for service in services(world, deployment):
        try:
            if service.rollout.state in states:
                yield from step_service(world, deployment, service)
        except (Away, Conflict):
            continue
    if deployment.state == "undoing":
        yield from effect(world, "undo", lambda: undo(world, deployment))
    elif deployment.state in BARRIERS:
        barrier = BARRIERS[deployment.state]
        yield from effect(world, deployment.state, lambda: barrier(world, deployment))
    yield from effect(world, "end", lambda: end(world, deployment))


def services(world: World, deployment: Deployment) -> list[Service]:
    """The services of a deployment in the order of their shifts."""
    found = [world.services[name] for name in deployment.releases]
    return sorted(found, key=lambda each: each.rank)


def _holds(deployment: Deployment, service: Service) -> bool:
    return service.rollout.deployment == deployment.id


def _enter(world: World, service: Service, state: str, **changes: object) -> None:
    rollout = replace(service.rollout, state=state, state_at=world.now, **changes)  # type: ignore[arg-type]
    world.write(service, service.rollout.version, rollout)


def take(world: World, deployment: Deployment) -> None:
    """All services in one conditional write, or none."""
    taken = services(world, deployment)
    if deployment.state != "queued" or any(each.rollout.deployment for each in taken):
        return
    deployment.state = "emptying"
    for service in taken:
        world.holders[service.name] = deployment.id
        live, new = service.rollout.live, service.rollout.new
        _enter(
            world,
            service,
            "empty",
            deployment=deployment.id,
            before=live,
            new=other(live) if live else new,
            at=Fraction(0),
            next=Fraction(0),
            moving=False,
        )


def _emptying(world: World, deployment: Deployment) -> None:
    """Reserve one instance of surge for each service, all or none; refuse what can never fit."""
    mine = services(world, deployment)
    if deployment.state != "emptying" or any(each.rollout.state != "emptied" for each in mine):
        return
    if (
        sum(each.desired for each in world.services.values()) + sum(_hold(each) for each in mine)
        > world.most
    ):
        fail(deployment)
        return
    before = [each.rollout for each in mine]
    try:
        for service in mine:
            _enter(world, service, "emptied", hold=_hold(service))
    except Conflict:
        for service, rollout in zip(mine, before, strict=True):
            service.rollout = rollout
            world.reserve(service)
        return
    deployment.state = "commands"


def _hold(service: Service) -> int:
    return 0 if service.alone else 1


def _commands(world: World, deployment: Deployment) -> None:
    if deployment.state != "commands":
        return
    if deployment.command_fails:
        fail(deployment)
        return
    deployment.state = "rolling"
    for service in services(world, deployment):
        _enter(world, service, "values")


def _rolling(world: World, deployment: Deployment) -> None:
    """The first barrier: all are verified, one shifts at a time. The second: all are live."""
    mine = services(world, deployment)
    states = [each.rollout.state for each in mine]
    if deployment.state != "rolling" or BEFORE_READY & set(states):
        return
    for service, state in zip(mine, states, strict=True):
        if state == "ready":
            _enter(world, service, "shift")
        if state not in {"stand_by", "steady"}:
            return
    if set(states) == {"steady"}:
        deployment.state = "cleaning"


def _cleaning(world: World, deployment: Deployment) -> None:
    for service in services(world, deployment):
        if _holds(deployment, service) and service.rollout.state == "steady":
            _enter(world, service, "clean")


def undo(world: World, deployment: Deployment) -> None:
    """Who has not begun to shift goes back at once, the others one by one in reverse order."""
    waiting = False
    for service in reversed(services(world, deployment)):
        if not _holds(deployment, service):
            continue
        begun = _has_begun(service)
        if service.rollout.state not in {"undo", "undone"} and not (begun and waiting):
            _enter(world, service, "undo")
        waiting = waiting or (begun and service.rollout.state != "undone")


def _has_begun(service: Service) -> bool:
    rollout = service.rollout
    return bool(rollout.at or rollout.next or rollout.moving or rollout.live != rollout.before)


def end(world: World, deployment: Deployment) -> None:
    """A deployment has ended when it holds no service any more."""
    if deployment.state in {"cleaning", "undoing"} and not any(
        _holds(deployment, each) for each in services(world, deployment)
    ):
        deployment.state = "succeeded" if deployment.state == "cleaning" else "failed"


BARRIERS = {
    "emptying": _emptying,
    "commands": _commands,
    "rolling": _rolling,
    "cleaning": _cleaning,
}
