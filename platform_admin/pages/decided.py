"""The scaler's events, as the rules take and explain them."""

from __future__ import annotations

from platform_admin.models import ScalingEvent
from scaler.rules.events import Event, from_row
from scaler.rules.steps import STEPS
from scaler.rules.words import sentence


def decided(row: ScalingEvent) -> Event | None:
    """The decision of an event of the scaler; None for a person's or another hand's."""
    if row.counts is None:
        return None
    return from_row(
        {
            "at": row.at.timestamp(),
            "counts": dict(zip(STEPS, row.counts, strict=False)),
            "numbers": row.numbers or {},
        }
    )


def decided_because(row: ScalingEvent) -> str:
    """Why the scaler decided so, in a sentence without the counts; empty for other events."""
    event = decided(row)
    return "" if event is None else sentence(event).partition(": ")[2]
