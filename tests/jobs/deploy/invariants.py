"""What must hold after every single effect, and what a world must come to after the last fault."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from jobs.deploy.routing import Routing
from platform_admin.rules.rollout import WHOLE, Colour, RolloutRow, other
from tests.jobs.deploy.world import COLOURS, Service, World


class Violated(AssertionError):
    """An invariant does not hold; `name` says which."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name


def traffic(routing: Routing, healthy: dict[Colour, int]) -> dict[Colour, Fraction]:
    """What part each colour answers, as Traefik does it; nothing means Muster's fallback page.

    A weighted service with a missing child does not exist, a router without service is skipped.
    """
    if routing.share is not None and routing.live and all(healthy.values()):
        return {routing.new: routing.share, other(routing.new): 1 - routing.share}
    for colour in (routing.live, routing.other):
        if colour and healthy[colour]:
            return {colour: WHOLE}
    return {}


@dataclass
class Watch:
    """Checks a world after every effect; remembers what was, for what may not get less."""

    carried: dict[str, Fraction | int] = field(default_factory=dict)
    rollouts: dict[str, RolloutRow] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)

    def check(self, world: World) -> None:
        for service in world.services.values():
            healthy = {colour: world.healthy(service.name, colour) for colour in COLOURS}
            self._live_is_verified(world, service)
            self._undone_is_what_was(world, service)
            _variables_are_their_own(world, service)
            _suspended_wants_nothing(service)
            if service.has_port:
                _someone_answers(world, service, healthy)
                if service.name not in self.late:
                    _slug_is_with_live(world, service)
            if service.alone:
                _never_two(world, service)
            else:
                self._carries_no_less(world, service, healthy)
        _within_quota(world)
        _hands_are_hands(world)

    def _live_is_verified(self, world: World, service: Service) -> None:
        live = service.rollout.live
        if live is None:
            return
        row = service.row(live)
        kind = world.releases[row.release] if row.release else "none"
        if not row.verified or kind in {"dead", "broken", "none"}:
            raise Violated("live is verified", f"{service.name}: {row} is {kind}")

    def _undone_is_what_was(self, world: World, service: Service) -> None:
        """Undoing ends on what was live, or, past its limit, on the side that has more."""
        now, then = service.rollout, self.rollouts.get(service.name, service.rollout)
        self.rollouts[service.name] = now
        if now.state != "undone":
            self.late.discard(service.name)
        elif then.state == "undo" and not _arrived(then, now):
            self.late.add(service.name)
        if (then.state, now.state) != ("undo", "undone") or now.live == now.before:
            return
        seen = {c: world.healthy(service.name, c) for c in COLOURS}
        more = now.live and now.before and seen[now.live] > seen[now.before]
        if not more and now.before and service.name not in world.disturbed.services:
            raise Violated("undone is what was", f"{service.name}: {then} -> {now}, {seen}")

    def _carries_no_less(self, world: World, service: Service, healthy: dict[Colour, int]) -> None:
        """No instance ever gets a larger part of the traffic than it had: capacity stays.

        The capacity is how many times the load of one instance fits: for each colour with a
        part of the traffic its healthy instances through its part, the smallest of both. It
        never falls below what it was before, or `desired` where that is lower now. After a
        kill or a hand it counts again from the next rest with all instances healthy; a way back
        that was ended past its limit has given up on it.
        """
        name, rollout = service.name, service.rollout
        resting = rollout.state == "rest" and rollout.live is not None
        if name in world.disturbed.services:
            whole = resting and all(
                each.healthy(world.now)
                for each in world.nomad.jobs[name, rollout.live or "blue"].staying()
            )
            self.carried.pop(name, None)
            if whole and not world.disturbed.hands > world.disturbed.hands_noticed:
                world.disturbed.services.discard(name)
            return
        first = rollout.before is None and rollout.deployment is not None
        if first or rollout.live is None or name in self.late:
            self.carried.pop(name, None)
            return
        capacity = min(_capacities(world, service, healthy))
        floor = min(self.carried.get(name, 0), service.desired)
        if capacity < floor:
            raise Violated("carries no less", f"{name}: {capacity} < {floor}, {healthy}, {service}")
        # What the other colour answers while live has nothing is luck, and no promise.
        promised = min(capacity, service.desired) if healthy[rollout.live] else 0
        self.carried[name] = max(floor, promised)


def _never_two(world: World, service: Service) -> None:
    """At most one instance, also of those that end and those on a node that is cut off."""
    jobs = [world.nomad.jobs.get((service.name, colour)) for colour in COLOURS]
    running = [each for job in jobs if job for each in job.allocations]
    if len(running) > 1:
        raise Violated("never two", f"{service.name}: {running}, {service}")


def _capacities(world: World, service: Service, healthy: dict[Colour, int]) -> list[Fraction | int]:
    if not service.has_port:
        rollout = service.rollout
        share = rollout.next if rollout.moving else rollout.at
        return [_capacity({rollout.new: share, other(rollout.new): 1 - share}, healthy)]
    return [
        _capacity(traffic(shown, healthy) if shown else {}, healthy)
        for shown in world.consul.shown(service.name)
    ]


def _capacity(parts: dict[Colour, Fraction], healthy: dict[Colour, int]) -> Fraction | int:
    return min(
        (healthy[c] if part is WHOLE else healthy[c] / part for c, part in parts.items() if part),
        default=0,
    )


def _suspended_wants_nothing(service: Service) -> None:
    """No hand, no tick and no deployment raises what is suspended."""
    if service.suspended is not None and service.desired:
        raise Violated("suspended wants nothing", f"{service}")


def _someone_answers(world: World, service: Service, healthy: dict[Colour, int]) -> None:
    """No edge falls back while live has instances, or, once shown, a verified other one."""
    live = service.rollout.live
    for shown in world.consul.shown(service.name):
        parts = traffic(shown, healthy) if shown else {}
        jobs = [world.nomad.jobs[service.name, colour] for colour in parts]
        if any(world.releases[job.release] == "broken" for job in jobs):
            raise Violated("no traffic to the unverified", f"{service.name}: {shown} {service}")
        if parts:
            continue
        if live and healthy[live]:
            raise Violated("someone answers", f"{service.name}: live {live}, {shown}")
        if shown == service.routing() and any(
            healthy[c] and service.row(c).verified for c in COLOURS
        ):
            raise Violated("someone answers", f"{service.name}: {healthy}, {shown}")


def _slug_is_with_live(world: World, service: Service) -> None:
    """The live colour bears the slug, and where it is healthy somebody passes under it.

    Only a way back that had to end past its limit may be live before it has the slug.
    """
    rollout, jobs = service.rollout, world.nomad.jobs
    if rollout.live is None:
        return
    job = jobs.get((service.name, rollout.live))
    if job is None or not job.has_slug:
        raise Violated("slug is with live", f"{service.name}: {rollout}")
    passing = sum(
        jobs[service.name, c].passing(world.now) for c in COLOURS if (service.name, c) in jobs
    )
    if job.healthy(world.now) and not passing:
        raise Violated("slug is never empty", f"{service.name}: {rollout}")


def _arrived(then: RolloutRow, now: RolloutRow) -> bool:
    """Whether a way back came to its end, rather than being ended past its limit."""
    never_left = now.live == then.live and not (then.at or then.next or then.moving)
    return never_left or (then.moving and then.next == WHOLE)


def _variables_are_their_own(world: World, service: Service) -> None:
    """An instance was started with the values of its own release."""
    if world.disturbed.hands:
        return
    for colour in COLOURS:
        job = world.nomad.jobs.get((service.name, colour))
        for each in job.allocations if job else ():
            if each.values != each.release:
                raise Violated("values are their own", f"{service.name}-{colour}: {each}")


def _within_quota(world: World) -> None:
    services = world.services.values()
    desired = sum(each.desired for each in services)
    reserved = sum(each.reservation for each in services)
    calm = not world.disturbed.hands
    if calm and not world.disturbed.quota_lowered and desired > world.quota:
        raise Violated("within quota", f"{desired} > {world.quota}")
    if calm and not world.disturbed.quota_lowered and reserved > world.most:
        raise Violated("within quota", f"{reserved} > {world.most}")
    for service in services:
        running = sum(job.count for key, job in world.nomad.jobs.items() if key[0] == service.name)
        if calm and running > service.reservation:
            raise Violated("runs what is reserved", f"{running} > {service.reservation}")
        if service.reservation < service.desired:
            raise Violated("runs what is reserved", f"{service} reserves less than desired")


def _hands_are_hands(world: World) -> None:
    if world.disturbed.hands_noticed > world.disturbed.hands:
        raise Violated("hands are hands", f"{world.disturbed}")


def check_converged(world: World) -> None:
    """All deployments have ended, and everything outside is what the rows say."""
    if world.open():
        rows = [each.rollout for each in world.services.values()]
        raise Violated("converges", f"{world.open()} are still open: {rows}")
    for service in world.services.values():
        _check_settled(world, service)


def _check_settled(world: World, service: Service) -> None:
    live, name = service.rollout.live, service.name
    last = world.deployments.get(world.holders.get(name, 0))
    losing = [service.row(colour) for colour in COLOURS if colour != live]
    if last and last.state == "failed" and any(row.verified for row in losing):
        raise Violated("what was undone is not verified", f"{service}")
    for colour in COLOURS:
        job = world.nomad.jobs.get((name, colour))
        wanted = service.desired if colour == live else 0
        if (job.count if job else 0) != wanted or service.row(colour).acknowledged != wanted:
            raise Violated("converges", f"{name}-{colour}: {job} instead of {wanted}, {service}")
    if service.reservation != service.desired or service.rollout.hold:
        raise Violated("no leaked reservation", f"{service}")
    shown = set(world.consul.shown(name))
    if service.has_port and shown != {service.routing()}:
        raise Violated("converges", f"{name}: edges show {shown}, not {service.routing()}")
