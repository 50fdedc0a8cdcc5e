"""The job of a colour as one can run it by hand."""

from __future__ import annotations

from typing import Any

from platform_admin.models import Colour


def job_by_hand(colour: Colour) -> dict[str, Any] | None:
    """The registered job with the count that Nomad acknowledged, None where none is registered.

    The stored one says 0, for the scale call sets the count: run by hand as it is, it would take
    the colour to nothing. While no count is known, it is the one that is desired.
    """
    if not colour.job:
        return None
    known = colour.acknowledged
    count = colour.service.desired if known is None else known
    groups = [group | {"Count": count} for group in colour.job.get("TaskGroups", [])]
    return {**colour.job, "TaskGroups": groups} if groups else dict(colour.job)
