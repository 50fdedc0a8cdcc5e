from __future__ import annotations

from typing import Any

from jobs.specs.colour import alone
from jobs.specs.unit import Unit


def singleton(unit: Unit, release: int, count: int) -> dict[str, Any]:
    """The job of a service that runs exactly once; nothing of it tells the release."""
    return alone(unit, count)
