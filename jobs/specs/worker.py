from __future__ import annotations

from typing import Any

from jobs.specs.colour import working
from jobs.specs.unit import Unit


def worker(unit: Unit, release: int, count: int) -> dict[str, Any]:
    """The job of a service that takes work from a queue; nothing of it tells the release."""
    return working(unit, count)
