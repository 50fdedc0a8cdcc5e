"""A stored job with the count that runs, which Nomad's plan does not preserve, or may run."""

from __future__ import annotations

from typing import Any


def with_count(job: dict[str, Any], count: int) -> dict[str, Any]:
    """The job with this count in each of its groups."""
    groups = [group | {"Count": count} for group in job["TaskGroups"]]
    return job | {"TaskGroups": groups}


def with_most(job: dict[str, Any], most: int) -> dict[str, Any]:
    """The job whose groups Nomad lets nobody scale beyond this count."""
    groups = [group | {"Scaling": {**group["Scaling"], "Max": most}} for group in job["TaskGroups"]]
    return job | {"TaskGroups": groups}


def most_of(job: dict[str, Any]) -> int:
    """The largest count that Nomad lets anybody scale a stored job's group to; 0 without one."""
    scaling = [group.get("Scaling") or {} for group in job.get("TaskGroups") or ()]
    return max((one.get("Max") or 0 for one in scaling), default=0)
