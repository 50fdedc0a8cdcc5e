"""What happened to an instance's task, with all that Nomad says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from jobs.nomad.job import Json


@dataclass(frozen=True)
class Event:
    """One thing that happened: Nomad's word for it, its sentence, and its details by their keys."""

    type: str
    message: str
    at: datetime
    details: Mapping[str, str] = field(default_factory=dict)


def read_events(body: Json, task: str) -> tuple[Event, ...]:
    """Return an allocation's events, the oldest first: of the task, else of the first one."""
    states = body.get("TaskStates") or {}
    state = states.get(task) or next(iter(states.values()), None) or {}
    return tuple(map(_event, state.get("Events") or ()))


def _event(body: Mapping[str, Any]) -> Event:
    return Event(
        type=body["Type"],
        message=body.get("DisplayMessage") or body.get("Message") or "",
        at=datetime.fromtimestamp(body["Time"] / 1e9, UTC),
        details=body.get("Details") or {},
    )
