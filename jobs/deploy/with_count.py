"""A stored job with the count that runs: Nomad's plan does not preserve counts."""

from __future__ import annotations

from typing import Any


def with_count(job: dict[str, Any], count: int) -> dict[str, Any]:
    """The job with this count in each of its groups."""
    groups = [group | {"Count": count} for group in job["TaskGroups"]]
    return job | {"TaskGroups": groups}
