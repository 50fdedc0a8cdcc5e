"""What became of the task of an allocation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_FRACTION = re.compile(r"\.(\d+)")


@dataclass(frozen=True)
class TaskEvent:
    """One thing that happened to a task; `exit_code` only where its process ended."""

    type: str
    message: str
    time_ns: int
    exit_code: int | None


@dataclass(frozen=True)
class TaskState:
    """A task's state ("pending", "running", "dead") and its newest events, oldest first."""

    state: str
    failed: bool
    restarts: int
    started_at: datetime | None
    finished_at: datetime | None
    events: tuple[TaskEvent, ...]


def read_task(body: Mapping[str, Any]) -> TaskState:
    """Return one entry of an allocation's TaskStates."""
    return TaskState(
        state=body["State"],
        failed=bool(body.get("Failed")),
        restarts=body.get("Restarts") or 0,
        started_at=_moment(body.get("StartedAt")),
        finished_at=_moment(body.get("FinishedAt")),
        events=tuple(_event(event) for event in body.get("Events") or ()),
    )


def _event(body: Mapping[str, Any]) -> TaskEvent:
    return TaskEvent(
        type=body["Type"],
        message=body.get("DisplayMessage") or body.get("Message") or "",
        time_ns=body["Time"],
        exit_code=body.get("ExitCode", 0) if body["Type"] == "Terminated" else None,
    )


def _moment(text: str | None) -> datetime | None:
    """Return the time of Go's RFC 3339 text; Go's zero time (year 1) is None."""
    if not text or text.startswith("0001-"):
        return None
    # Nanoseconds are more than Python reads.
    micros = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text)
    return datetime.fromisoformat(micros).astimezone(UTC)
