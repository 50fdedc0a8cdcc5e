"""Whether each service has a deployment target of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from jobs.specs.names import ONE_JOB
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts
from platform_admin.rules.checklist.words import count, listed

QUESTION = "Does every service have a deployment target of its own?"
COLOURS = 2


def targets(facts: Facts) -> Answer:
    """Yes where each service has its jobs, and nobody else has one of them or of its addresses."""
    jobs = len({job for each in facts.services for job in each.jobs})
    ports = len({at for each in facts.services for at in each.addresses})
    listening = f" Their instances listen on {count(ports, 'port')} of their own."
    well = (
        f"{count(len(facts.services), 'service')} with {count(jobs, 'Nomad job')} of their own, a"
        f" blue and a green one each.{listening if ports else ''} Nothing is shared."
    )
    return answered(QUESTION, [*_without(facts), *_shared(facts)], well)


def _without(facts: Facts) -> Iterator[Fault]:
    for each in facts.services:
        if each.doc.kind not in ONE_JOB and len(set(each.jobs)) < COLOURS:
            said = f"{each.name} has {count(len(set(each.jobs)), 'Nomad job')} instead of two"
            yield Fault(said, Place("service", each.name))


def _shared(facts: Facts) -> Iterator[Fault]:
    owners: dict[str, list[str]] = defaultdict(list)
    for each in facts.services:
        for claim in _claims(each, facts):
            owners[claim].append(each.name)
    for resource in facts.resources:
        if resource.address:
            owners[f"the port {resource.address}"].append(resource.name)
    services = {each.name for each in facts.services}
    for claim, names in owners.items():
        if len(names) > 1:
            mended = next((name for name in names if name in services), names[0])
            yield Fault(f"{listed(names)} share {claim}", Place("service", mended))


def _claims(each: ServiceFacts, facts: Facts) -> Iterator[str]:
    yield from (f"the Nomad job {job}" for job in dict.fromkeys(each.jobs))
    yield from (f"the port {at}" for at in each.addresses)
    if each.listens:
        yield f"the address {each.slug}.{facts.apps_domain}"
