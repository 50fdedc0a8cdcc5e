"""What two observations tell of how long an instance took to start, and to end. Pure."""

from __future__ import annotations

from datetime import datetime

from jobs.observe.seen import Seen
from jobs.observe.table import Stored
from platform_admin.models import Instance
from platform_admin.verbs.limits import StartUp, Stop

KILLED = 137
"""What a process ends with that was killed, 128 and the signal's number; also one that is lost."""


def start_up(before: Stored | None, after: Instance, at: datetime) -> StartUp | None:
    """The instance's start-up in seconds, if its first one ended between the two."""
    if before is None or before.was_ready or after.restarts or before.release is None:
        return None
    if after.service_id is None or after.ready_after_s is None:
        return None
    ran_s = (at - before.started_at).total_seconds() if before.started_at else 0.0
    return StartUp(after.service_id, before.release, after.ready_after_s, ran_s)


def draining_at(
    before: Stored | None, seen: Seen, at: datetime, *, watched: bool
) -> datetime | None:
    """When the instance was first seen told to stop, if it was healthy until then and watched."""
    if before is None or not seen.allocation.draining:
        return before.draining_at if before else None
    return at if watched and before.healthy else before.draining_at


def stop(before: Stored | None, seen: Seen, last: datetime, at: datetime) -> Stop | None:
    """How long the instance took to end after it was told to, if it ended between the two.

    One that was healthy at the `last` observation and has ended by now took no longer than from
    one to the other. What failed, or was not told to, did not stop but break.
    """
    service, allocation = seen.known.service, seen.allocation
    if before is None or before.ended or before.release is None or service is None:
        return None
    if allocation.client_status != "complete" or allocation.desired_status != "stop":
        return None
    since = before.draining_at or (last if before.healthy else None)
    if since is None or since > at:
        # The clock was set back since.
        return None
    return Stop(service, before.release, (at - since).total_seconds(), _killed(seen))


def _killed(seen: Seen) -> bool:
    task = seen.allocation.task
    codes = [each.exit_code for each in task.events if each.exit_code is not None] if task else []
    return codes[-1:] == [KILLED]
