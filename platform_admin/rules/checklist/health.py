"""Whether health checks are everywhere: each port answers a path, within sane times."""

from __future__ import annotations

from collections.abc import Iterator

from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts
from platform_admin.rules.checklist.words import count

QUESTION = "Are there health checks everywhere?"
LONGEST_START_S = 900
"""A release that hangs holds the others up for so long."""
START_UPS = 2
"""A limit on the start has room for so many starts as they were measured."""


def health(facts: Facts) -> Answer:
    """Yes where everything with a port is asked for a path, in the draft and live."""
    listening = [each for each in facts.services if each.listens and each.doc.kind != "static"]
    faults = [fault for each in facts.services for fault in _of(each)]
    paths = ", ".join(f"{each.name} at {each.doc.health_path}" for each in listening[:4])
    rest = sum(not each.listens for each in facts.services)
    beside = f"; {count(rest, 'worker')} without a port, watched for restarts" if rest else ""
    more = " and others" if len(listening) > 4 else ""
    well = f"Checked every 2 s: {paths}{more}{beside}." if listening else "No service has a port."
    return answered(QUESTION, faults, well)


def _of(each: ServiceFacts) -> Iterator[Fault]:
    settings = Place("service_settings", each.name)
    if each.doc.kind == "static":
        return
    if each.listens and not each.doc.health_path:
        yield Fault(f"{each.name} has no health check path: only its port is tried", settings)
    elif each.live is not None and each.live.port is not None and not each.live.health_path:
        said = f"{each.name} runs without a health check path until the draft is deployed"
        yield Fault(said, Place("plan"))
    limit = each.doc.start_limit_s
    if each.start_up_s is not None and limit < START_UPS * each.start_up_s:
        took = f"took {each.start_up_s:.0f} s lately: allow twice that"
        said = f"{each.name} has {limit} s to start and {took}"
        yield Fault(said, settings)
    if limit > LONGEST_START_S:
        said = f"{each.name} has {limit} s to start: one that hangs is noticed only then"
        yield Fault(said, settings)
