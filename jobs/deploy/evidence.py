from __future__ import annotations

from jobs import servers
from jobs.errors import ClusterError
from jobs.nomad import Allocation
from jobs.runs.log import said as log

LAST_BYTES = 4096
LAST_EVENTS = 5


def evidence(namespace: str, job_id: str) -> str:
    """What the newest instance of a job last said: its own log, then Nomad's events.

    Where Nomad placed none, why; a sentence where Nomad does not answer.
    """
    try:
        allocations = servers.nomad().job_allocations(namespace, job_id)
        if not allocations:
            return not_placed(namespace, job_id)
    except ClusterError as error:
        return f"(Nomad does not say: {error.message})"
    newest = max(allocations, key=lambda allocation: allocation.create_time_ns)
    said = log(newest, LAST_BYTES).strip()
    return f"{said}\n\nNomad's events:\n{_events(newest)}" if said else _events(newest)


def _events(allocation: Allocation) -> str:
    events = allocation.task.events if allocation.task else ()
    said = [f"{event.type}: {event.message}" for event in events[-LAST_EVENTS:]]
    return "\n".join(said) or f"Nomad: {allocation.client_status} {allocation.description}".strip()


def not_placed(namespace: str, job_id: str) -> str:
    """Why Nomad has placed no instance of a job, by its own plan; "" where it would."""
    job = servers.nomad().job(namespace, job_id)
    if job is None:
        return "The job is missing in Nomad."
    counted = [group | {"Count": max(1, job.count)} for group in job.spec["TaskGroups"]]
    failures = servers.nomad().plan({**job.spec, "TaskGroups": counted}).failures
    return "\n".join(f"Nomad can not place it: {'; '.join(f.reasons)}" for f in failures)
