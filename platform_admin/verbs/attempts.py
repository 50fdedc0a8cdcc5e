"""How the deployments of a rotation went."""

from __future__ import annotations

from platform_admin.models import Deployment, Rotation
from platform_admin.rules.rotation import Attempt

_THROUGH = (Deployment.State.CLEANING, Deployment.State.SUCCEEDED)


def attempts(rotation: Rotation | None) -> list[Attempt]:
    """The deployments that bring it into what is live; none where nothing was rotated."""
    rows = rotation.deployments.all() if rotation is not None else ()
    return [Attempt(row.environment_id, row.state in _THROUGH) for row in rows]


def through(rotation: Rotation) -> Deployment | None:
    """The deployment that came through, where one did; the last of several."""
    rows = [row for row in rotation.deployments.all() if row.state in _THROUGH]
    return max(rows, key=lambda row: row.pk, default=None)
