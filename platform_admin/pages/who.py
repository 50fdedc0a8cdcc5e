"""Who changed a count: a person, another hand, or the scaler."""

from __future__ import annotations

from platform_admin.models import ScalingEvent


def who(row: ScalingEvent) -> str:
    """The person's name, else where the change came from."""
    if row.origin != ScalingEvent.Origin.PERSON:
        return str(row.get_origin_display())
    return row.actor.get_username() if row.actor else "Muster"
