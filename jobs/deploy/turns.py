from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from jobs.document import Document
from jobs.document.types import ALONE
from platform_admin.models import Rollout


def ordered(document: Document, rollouts: Iterable[Rollout]) -> list[Rollout]:
    """The services in the order in which they shift, which is that of `shift_order`."""
    by_name = {rollout.service.name: rollout for rollout in rollouts}
    return [by_name[name] for name in shift_order(document) if name in by_name]


def shift_order(document: Document) -> list[str]:
    """All service names: singletons, workers, then each after those it calls; circles by name.

    A singleton's new release is not verified before its turn: so nothing else has to go back.
    """
    alone = sorted(s.name for s in document.services if s.kind in ALONE)
    workers = alone + sorted(s.name for s in document.services if s.kind == "worker")
    callers = {s.name: s for s in document.services if s.name not in workers}
    calls = {
        name: sorted({link.target for link in service.links} & callers.keys() - {name})
        for name, service in sorted(callers.items())
    }
    try:
        return workers + list(TopologicalSorter(calls).static_order())
    except CycleError:
        return workers + sorted(callers)
