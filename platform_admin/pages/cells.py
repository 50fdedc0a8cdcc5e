"""Whether a cell is observed and measured, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from platform_admin.models import Cell
from platform_admin.pages.condition import Condition, well
from platform_admin.pages.figures import old
from platform_admin.pages.words import age

OLD_AFTER = timedelta(seconds=30)


def observation(cell: Cell, now: datetime) -> Condition:
    """How what runs there is known."""
    name = f"What runs in {cell.name}"
    if cell.observed_at is None:
        return Condition(name, "starting", "no data", "Nothing was observed yet.")
    said = f"Last seen {age(cell.observed_at, now)}"
    if cell.observation_error:
        return Condition(name, "degraded", "old", f"{said}: {cell.observation_error}")
    if now - cell.observed_at > OLD_AFTER:
        return Condition(name, "degraded", "old", f"{said}: the observer does not write.")
    return well(name, f"{said}.")


def measuring(cell: Cell, now: datetime) -> Condition:
    """How what is measured there is known."""
    name = f"What is measured in {cell.name}"
    if cell.sampled_at is None:
        return Condition(name, "starting", "no data", "Nothing was measured yet.")
    said = f"Last measured {age(cell.sampled_at, now)}"
    if old(cell.sampled_at, now):
        what = f"{said}, so counts stay: look at the workers of scale, and at cron."
        return Condition(name, "degraded", "old", what)
    if cell.sampling_error:
        what = f"{said}, but not all: {cell.sampling_error}. What is unknown lowers no count."
        return Condition(name, "degraded", "in part", what)
    return well(name, f"{said}.")


HOW = (observation, measuring)
"""What is asked of each cell."""
