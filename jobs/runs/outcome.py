"""What became of a run, from its instance in Nomad. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from jobs.nomad import Allocation, TaskEvent

OVERDUE = "allocation exceeded max_run_duration"
"""What Nomad says of an instance that it ended for its time: its status is "complete"."""
KILLED = 137


@dataclass(frozen=True)
class Outcome:
    """Where a run stands: one of the words of its states, and why.

    `exit_code` is None where its process did not end by itself, or never began.
    """

    state: str
    reason: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


def outcome(allocation: Allocation, *, limit_s: int, cancelled_by: str = "") -> Outcome:
    """What an instance says of its run."""
    started = _time_of(allocation, "Started")
    if not allocation.terminal:
        return Outcome("running" if started else "waiting", started_at=started)
    state, reason, code = _end(allocation, limit_s, cancelled_by)
    ended = allocation.task.finished_at if allocation.task else None
    return Outcome(state, reason, code, started, ended or _moment(allocation.modify_time_ns))


def _end(allocation: Allocation, limit_s: int, cancelled_by: str) -> tuple[str, str, int | None]:
    codes = [event.exit_code for event in events(allocation) if event.exit_code is not None]
    code = codes[-1] if codes else None
    if allocation.description == OVERDUE:
        return "overdue", f"It ran longer than its time limit of {limit_s} s and was ended.", code
    if cancelled_by and allocation.desired_status == "stop":
        return "cancelled", f"Cancelled by {cancelled_by}.", code
    if allocation.client_status == "lost":
        return "failed", "Its node was lost while it ran.", code
    if code == 0 and allocation.client_status == "complete":
        return "succeeded", "", code
    if code is None:
        return "failed", f"It did not run: {why(allocation)}", code
    if allocation.desired_status == "stop":
        return "failed", "It was stopped in Nomad.", code
    if code == KILLED:
        return "failed", "It was killed (exit code 137): by somebody, or for want of memory.", code
    return "failed", f"It ended with exit code {code}.", code


def events(allocation: Allocation) -> tuple[TaskEvent, ...]:
    """What happened to the instance's task."""
    return allocation.task.events if allocation.task else ()


def why(allocation: Allocation) -> str:
    """What kept a command from running: Nomad says that before it says what it does next."""
    failed = [event for event in events(allocation) if "fail" in event.type.lower()]
    said = [event.message for event in (*events(allocation)[-1:], *failed)]
    return said[-1] if said else allocation.description


def _time_of(allocation: Allocation, kind: str) -> datetime | None:
    times = [event.time_ns for event in events(allocation) if event.type == kind]
    return _moment(times[0]) if times else None


def _moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
