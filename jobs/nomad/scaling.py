"""What Nomad remembers of a job's scaling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ScaleEvent:
    """One scaling. `count` is None for a mere note; `index` is the raft index of the event."""

    count: int | None
    previous: int
    message: str
    meta: Mapping[str, str]
    index: int
    time_ns: int


@dataclass(frozen=True)
class ScaleStatus:
    """The first group's counts and its newest events (Nomad keeps 20), newest first.

    Nomad's answer also has a JobModifyIndex, which is the job's ModifyIndex: it is left out,
    because a scaling with it would conflict.
    """

    desired: int
    running: int
    events: tuple[ScaleEvent, ...]


def read_scale_status(body: Mapping[str, Any]) -> ScaleStatus:
    """Return the status of `GET /v1/job/:id/scale`."""
    groups = body.get("TaskGroups") or {}
    group: Mapping[str, Any] = next(iter(groups.values()), {})
    events = tuple(_event(event) for event in group.get("Events") or ())
    newest_first = sorted(events, key=lambda event: event.index, reverse=True)
    return ScaleStatus(group.get("Desired", 0), group.get("Running", 0), tuple(newest_first))


def _event(body: Mapping[str, Any]) -> ScaleEvent:
    return ScaleEvent(
        count=body.get("Count"),
        previous=body.get("PreviousCount") or 0,
        message=body.get("Message") or "",
        meta=body.get("Meta") or {},
        index=body["CreateIndex"],
        time_ns=body["Time"],
    )
