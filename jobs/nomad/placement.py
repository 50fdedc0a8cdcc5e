"""Why Nomad could not place instances, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class PlacementFailure:
    """A group that Nomad could not place, and what stood in the way."""

    group: str
    reasons: tuple[str, ...]


def failures(failed: Mapping[str, Mapping[str, Any]] | None) -> tuple[PlacementFailure, ...]:
    """Return the failures of a `FailedTGAllocs` map, ordered by group."""
    return tuple(
        PlacementFailure(group, tuple(_reasons(metric)))
        for group, metric in sorted((failed or {}).items())
    )


def _reasons(metric: Mapping[str, Any]) -> Iterator[str]:
    """Yield one sentence for each obstacle that Nomad counted."""
    evaluated = metric.get("NodesEvaluated") or 0
    if not evaluated:
        yield "no node was eligible"
    for name, count in _counts(metric, "ConstraintFiltered"):
        yield f"{name}: {count} of {evaluated} nodes do not fit"
    for name, count in _counts(metric, "ClassFiltered"):
        yield f"node class {name}: {count} of {evaluated} nodes do not fit"
    for name, count in _counts(metric, "DimensionExhausted"):
        yield f"{name} exhausted on {count} of {evaluated} nodes"
    for name in metric.get("QuotaExhausted") or ():
        yield f"quota exhausted: {name}"


def _counts(metric: Mapping[str, Any], key: str) -> list[tuple[str, int]]:
    return sorted((metric.get(key) or {}).items())
