"""Whether logs and monitoring are on: what runs is seen, measured, and its output kept."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.document.types import SCALED
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts
from platform_admin.rules.checklist.words import count

QUESTION = "Are logs and monitoring on?"


def monitoring(facts: Facts) -> Answer:
    """Yes where what is live was seen and measured lately, each service of it."""
    live = facts.live
    if not live:
        unknown = "Nothing is live yet, so there is nothing to watch."
        return answered(QUESTION, [], "", unknown, Place("plan"))
    silent = [
        Fault(each.said.rstrip("."), Place("status"))
        for each in (facts.observed, facts.sampled)
        if each.how == "silent"
    ]
    never = next((each for each in (facts.observed, facts.sampled) if each.how == "never"), None)
    of_services = [fault for each in live for fault in _of(each, facts)]
    logs = min(each.logs_mb for each in live)
    well = (
        f"{facts.observed.said} {facts.sampled.said} The load of {count(len(live), 'service')} is"
        f" measured, and {logs} MB of each instance's output is kept."
    )
    unknown = never.said if never else ""
    return answered(QUESTION, [*silent, *of_services], well, unknown, Place("status"))


def _of(each: ServiceFacts, facts: Facts) -> Iterator[Fault]:
    if not each.logs_mb:
        yield Fault(f"{each.name}: none of its output is kept", Place("service", each.name))
    if each.doc.kind not in SCALED:
        return
    if each.doc.kind == "worker" and not each.policy.queue:
        said = f"{each.name} names no queue, so its load is not measured"
        yield Fault(said, Place("service_scaling", each.name))
    elif facts.sampled.how == "fresh" and not each.measured:
        source = "its queue" if each.doc.kind == "worker" else "the edge"
        yield Fault(
            f"{each.name}: {source} has reported nothing lately", Place("service", each.name)
        )
