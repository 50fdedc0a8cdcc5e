"""What Nomad and Consul hold of the rows: jobs, and the edge's routes."""

from __future__ import annotations

import base64
from typing import Any

from jobs.deploy import rows
from jobs.deploy.domains import NONE
from jobs.deploy.edge_tree import wanted_tree
from jobs.edge import common_tree
from platform_admin.models import Colour


def jobs() -> list[dict[str, Any]]:
    """Every job of every colour, as it was registered."""
    stored = Colour.objects.order_by("pk").values_list("job", flat=True)
    return [job for job in stored if job is not None]


def routes() -> list[dict[str, Any]]:
    """The keys of all routes, as Consul lists them."""
    keys = dict(common_tree())
    for loaded in rows.every():
        keys |= wanted_tree(loaded, NONE)
    return [_entry(key, value) for key, value in sorted(keys.items())]


def _entry(key: str, value: str) -> dict[str, Any]:
    coded = base64.b64encode(value.encode()).decode()
    return {
        "LockIndex": 0, "Key": key, "Flags": 0, "Value": coded, "CreateIndex": 50,
        "ModifyIndex": 50,
    }  # fmt: skip
