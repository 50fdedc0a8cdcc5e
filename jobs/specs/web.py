from __future__ import annotations

from typing import Any

from jobs.specs.colour import listening
from jobs.specs.unit import Unit


def web(unit: Unit, release: int, count: int) -> dict[str, Any]:
    """The job of a public service; its check asks for the host that its callers ask for."""
    return listening(unit, release, count, host=f"{unit.slug}.{unit.place.apps_domain}")
