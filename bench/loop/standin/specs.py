"""Jobs as Nomad keeps them, rendered beforehand but for their count and index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_COUNT, _INDEX = 987_654_321, 987_654_322


def rendered(spec: Mapping[str, Any]) -> bytes:
    """The answer to `GET /v1/job/:id`, for `with_count`."""
    groups = [{**group, "Count": _COUNT} for group in spec["TaskGroups"]]
    job = {
        **spec, "Status": "running", "Stop": False, "Version": 0, "JobModifyIndex": _INDEX,
        "TaskGroups": groups,
    }  # fmt: skip
    return json.dumps(job, separators=(",", ":")).encode()


def with_count(job: bytes, count: int, index: int) -> bytes:
    """The rendered job at this count and index."""
    counted = job.replace(str(_COUNT).encode(), str(count).encode())
    return counted.replace(str(_INDEX).encode(), str(index).encode())
