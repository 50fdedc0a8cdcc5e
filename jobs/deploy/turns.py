from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from jobs.document import Document
from platform_admin.models import Rollout


def ordered(document: Document, rollouts: Iterable[Rollout]) -> list[Rollout]:
    """The services in the order in which they shift: workers, then callees, then callers."""
    by_name = {rollout.service.name: rollout for rollout in rollouts}
    return [by_name[name] for name in shift_order(document) if name in by_name]


def shift_order(document: Document) -> list[str]:
    """All service names: workers first, then each after those it calls; circles by name."""
    workers = sorted(s.name for s in document.services if s.kind == "worker")
    callers = {s.name: s for s in document.services if s.kind != "worker"}
    calls = {
        name: sorted({link.target for link in service.links} & callers.keys() - {name})
        for name, service in sorted(callers.items())
    }
    try:
        return workers + list(TopologicalSorter(calls).static_order())
    except CycleError:
        return workers + sorted(callers)
