"""Whether a task that ended is started again, and when: Nomad's restart policy. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from local.cluster.nomad.spec import Spec, duration


@dataclass(frozen=True)
class Interval:
    """The policy's running interval: since when (ns), and how many ends it has seen."""

    since: int
    count: int = 0


@dataclass(frozen=True)
class Verdict:
    """What happens next, why, and after how many nanoseconds."""

    next: Literal["restart", "done", "fail"]
    reason: str
    interval: Interval
    delay: int = 0


def judge(
    policy: Spec, job_type: str, interval: Interval, now: int, *, success: bool,
    recoverable: bool = True,
) -> Verdict:  # fmt: skip
    """The verdict on an end: `success` for exit code 0, not `recoverable` when a start is hopeless.

    Batch tasks end well with code 0; a service's task is never meant to end.
    """
    well = success and job_type == "batch"
    if policy["Attempts"] == 0:
        return Verdict("done" if well else "fail", "Policy allows no restarts", interval)
    if now > interval.since + policy["Interval"]:
        interval = Interval(now)
    interval = Interval(interval.since, interval.count + 1)
    if not recoverable:
        return Verdict("fail", "Error was unrecoverable", interval)
    if well:
        reason = "Restart unnecessary as task terminated successfully"
        return Verdict("done", reason, interval)
    if interval.count <= policy["Attempts"]:
        return Verdict("restart", "Restart within policy", interval, int(policy["Delay"]))
    if policy["Mode"] == "fail":
        within = f"{policy['Attempts']} in interval {duration(policy['Interval'])}"
        reason = f'Exceeded allowed attempts {within} and mode is "fail"'
        return Verdict("fail", reason, interval)
    rest = interval.since + policy["Interval"] - now
    return Verdict("restart", "Exceeded allowed attempts, applying a delay", interval, rest)
