"""Whether scaling rules are in place: followed or in shadow, with bounds that the quota holds."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.document.types import SCALED
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts
from platform_admin.rules.checklist.words import count
from platform_admin.rules.quota import UNITS, Use

QUESTION = "Are scaling rules in place?"
SHOWN = 4


def scaling(facts: Facts) -> Answer:
    """Yes where every policy follows something between bounds, and each maximum has room."""
    scaled = [each for each in facts.services if each.doc.kind in SCALED]
    faults = [
        Fault(said, Place("service_scaling", each.name))
        for each in scaled
        for said in _of(each, facts)
    ]
    rules = [_rule(each) for each in scaled[:SHOWN]]
    more = len(scaled) - len(rules)
    rest = f", and {more} more" if more else ""
    return answered(QUESTION, faults, f"{', '.join(rules)}{rest}. {_together(facts)}.")


def without_room(each: ServiceFacts, facts: Facts) -> str:
    """What the quota lacks for a service at its maximum beside the others as they are; or ""."""
    size = Use(1, each.doc.cpu_mhz, each.doc.memory_mb)
    wanted = size * each.policy.maximum
    for name, unit in UNITS:
        own, of_all = getattr(each.at_rest, name), getattr(facts.taken, name)
        left = getattr(facts.limits, name) - (of_all - own)
        if getattr(wanted, name) > left:
            return f"{getattr(wanted, name)} {unit}, but the quota has {max(left, 0)} left for it"
    return ""


def _of(each: ServiceFacts, facts: Facts) -> Iterator[str]:
    policy, name = each.policy, each.name
    if policy.mode == "off":
        yield f"{name} is scaled by hand only"
    elif policy.paused:
        yield f"{name} has its scaling paused"
    elif not policy.follows:
        yield f"{name} follows nothing: its scaling has no target"
    if policy.minimum < 1:
        yield f"{name} may go to 0 instances"
    if policy.maximum <= policy.minimum:
        yield f"{name} stays at {policy.maximum}: its maximum is not above its minimum"
    if short := without_room(each, facts):
        yield f"{name} at its maximum of {policy.maximum} takes {short}"


def _rule(each: ServiceFacts) -> str:
    policy = each.policy
    how = "shadow: only recorded" if policy.mode == "shadow" else "on"
    return f"{each.name} {policy.minimum} to {policy.maximum} ({how})"


def _together(facts: Facts) -> str:
    most = sum(each.policy.maximum for each in facts.services)
    others = facts.taken.instances - sum(each.at_rest.instances for each in facts.services)
    limit = facts.limits.instances
    said = f"All at their maximum are {count(most, 'instance')}"
    if most <= limit - others:
        return f"{said}, and the quota has room for {limit - others}"
    room = max(limit - others, 0)
    return f"{said}, but the quota has room for {room}: not all can grow so far at once"
