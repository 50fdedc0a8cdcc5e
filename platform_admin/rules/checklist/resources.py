"""Whether the resources are provisioned: each of them runs and is healthy."""

from __future__ import annotations

from collections.abc import Iterator

from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.words import listed

QUESTION = "Are the resources provisioned?"


def resources(facts: Facts) -> Answer:
    """Yes where each was seen healthy; not yet known while nobody looks."""
    names = [f"{each.name} ({each.kind}, port {each.port})" for each in facts.resources]
    if not names:
        return answered(QUESTION, [], "There is no resource here.")
    drafted = [
        Fault(f"{each.name} is only in the draft: a deployment starts it", Place("plan"))
        for each in facts.resources
        if not each.placed
    ]
    known = facts.observed.how == "fresh"
    faults = [*drafted, *(_ill(facts) if known else ())]
    unknown = "" if known else f"Whether {listed(names)} runs is not known. {facts.observed.said}"
    verb = "is" if len(names) == 1 else "are"
    well = f"{listed(names)} {verb} healthy."
    return answered(QUESTION, faults, well, unknown, Place("status"))


def _ill(facts: Facts) -> Iterator[Fault]:
    for each in facts.resources:
        if each.placed and not each.healthy:
            said = f"{each.name} was deployed, but no healthy instance of it is seen"
            yield Fault(said, Place("resource", each.name))
