from __future__ import annotations

from typing import Any

from jobs.specs.colour import listening
from jobs.specs.unit import Unit


def private(unit: Unit, release: int, count: int) -> dict[str, Any]:
    """The job of a service that only others call."""
    return listening(unit, release, count, host=None)
