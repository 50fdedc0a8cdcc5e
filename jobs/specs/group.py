"""The parts of a job that are the same for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobs.document import RestartDoc
from jobs.specs.durations import HOUR_S, MINUTE_S, seconds
from jobs.specs.place import Place

Json = dict[str, Any]

# Nomad refuses a kill timeout, or a deadline of health, at or above its deadline of progress.
_MARGIN_S = 2 * MINUTE_S

RESCHEDULED_AFTER_S = 15
"""For how long a failed instance waits until Nomad replaces it."""

# Nomad makes no deployment then, so nothing ever blocks a scaling. The group's rules win over
# the job's; the job says the two as well, because Nomad would show its defaults there.
_NO_DEPLOYMENTS: Json = {"MaxParallel": 0, "Canary": 0}


def service_job(job_id: str, place: Place, meta: Mapping[str, str], group: Json) -> Json:
    """A job of type service; its id is its name too."""
    return {
        **_job(job_id, place, meta),
        "Type": "service",
        "Update": dict(_NO_DEPLOYMENTS),
        "TaskGroups": [group],
    }


def batch_job(job_id: str, place: Place, meta: Mapping[str, str], group: Json) -> Json:
    """A job that runs to its end; Nomad takes no update rules for it."""
    return {**_job(job_id, place, meta), "Type": "batch", "TaskGroups": [group]}


def update(*, start_limit_s: int, kill_timeout_s: int) -> Json:
    """Rules of update under which all instances may stop or start at once.

    That is safe because Muster moves them, between two jobs; the times are Nomad's own limits.
    """
    patience_s = max(start_limit_s, kill_timeout_s) + _MARGIN_S
    rules = {
        "HealthCheck": "checks",
        "MinHealthyTime": seconds(0),
        "HealthyDeadline": seconds(start_limit_s),
        "ProgressDeadline": seconds(patience_s),
        "AutoRevert": False,
        "AutoPromote": False,
    }
    return {"Update": {**_NO_DEPLOYMENTS, **rules}}


RESTARTS = RestartDoc(attempts=3, interval_s=2 * MINUTE_S, delay_s=2)
"""What happens on the spot to an instance that ends, where a service says nothing of it."""


def stays(restart: RestartDoc | None = None) -> Json:
    """Restarts on the spot, then replacements elsewhere, both at a constant pace for ever."""
    rule = restart or RESTARTS
    return {
        "RestartPolicy": {
            "Attempts": rule.attempts,
            "Interval": seconds(rule.interval_s),
            "Delay": seconds(rule.delay_s),
            "Mode": "fail",
        },
        "ReschedulePolicy": {
            "Attempts": 0,
            "Interval": seconds(0),
            "Unlimited": True,
            "DelayFunction": "constant",
            "Delay": seconds(RESCHEDULED_AFTER_S),
            "MaxDelay": seconds(2 * MINUTE_S),
        },
    }


def runs_once() -> Json:
    """No second try: a migration that failed must not run again by itself."""
    return {
        "RestartPolicy": {
            "Attempts": 0,
            "Interval": seconds(MINUTE_S),
            "Delay": seconds(1),
            "Mode": "fail",
        },
        "ReschedulePolicy": {"Attempts": 0, "Unlimited": False},
    }


def disconnect(*, replace: bool) -> Json:
    """A node that is cut off keeps its instances; `replace` starts others meanwhile."""
    return {
        "Disconnect": {
            "LostAfter": seconds(HOUR_S),
            "Replace": replace,
            "Reconcile": "keep_original",
        }
    }


def logs() -> Json:
    """How much of each of a task's two logs is kept: 30 MB."""
    return {"LogConfig": {"MaxFiles": 3, "MaxFileSizeMB": 10}}


def _job(job_id: str, place: Place, meta: Mapping[str, str]) -> Json:
    return {
        "ID": job_id,
        "Name": job_id,
        "Namespace": place.namespace,
        "Region": place.region,
        "Datacenters": ["*"],
        "Meta": dict(meta),
    }
