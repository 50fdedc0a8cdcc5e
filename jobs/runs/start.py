"""Starting a command once: its values, then its job, which a second start finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jobs import servers
from jobs.errors import Conflict
from jobs.specs import names


def start(job: Mapping[str, Any], values: Callable[[], Mapping[str, str]]) -> None:
    """Write the job's Variable and register it; harmless when repeated.

    With an index of 0 a second registration is a conflict, so that nothing runs twice.
    """
    if servers.nomad().job(str(job["Namespace"]), str(job["ID"])) is None:
        write(job, values())
        register(job)


def write(job: Mapping[str, Any], items: Mapping[str, str]) -> None:
    """Write the job's Variable; harmless when repeated."""
    namespace, path = str(job["Namespace"]), names.variable_path(str(job["ID"]))
    present = servers.nomad().variable(namespace, path)
    if items and (present is None or present.items != items):
        cas = present.modify_index if present else 0
        servers.nomad().put_variable(namespace, path, items, cas=cas)


def register(job: Mapping[str, Any]) -> None:
    """Register the job, unless it is there."""
    try:
        servers.nomad().register(dict(job), enforce_index=0)
    except Conflict:
        return


def clear(namespace: str, job_id: str) -> None:
    """Take the command's job and Variable out of Nomad; harmless when there is none."""
    servers.nomad().stop(namespace, job_id, purge=True)
    servers.nomad().delete_variable(namespace, names.variable_path(job_id))
