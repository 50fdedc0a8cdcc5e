"""How long jobs run: from what workers ended, told alike by every process that reads a queue."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from redis import Redis, RedisError

KEPT_S = 86_400
LEARN_JOBS = 3.0
"""The mean run time before counts as so many jobs beside those that ended since."""


@dataclass(frozen=True)
class Worked:
    """Jobs that a worker ended, and the seconds that they took, since it started."""

    jobs: float
    seconds: float


@dataclass(frozen=True)
class Run:
    """A queue at its last reading: mean seconds of a job, NaN for none yet, and its workers."""

    mean_s: float
    workers: Mapping[str, Worked]


class Runs:
    """The last readings of a cell's queues, in Valkey and nowhere else.

    A mean that a process kept for itself would be another one in each process, and after each
    start the one of the workers' whole lives. Where Valkey has nothing, the newest tick still
    tells the mean, to all processes the same, and the jobs are counted from there.
    """

    def __init__(self, connect: Callable[[], Redis]) -> None:
        self._connect = connect

    def last(self, cell: int) -> dict[str, Run] | None:
        """What was put last, by whomever; None where Valkey does not tell."""
        try:
            stored: Any = self._connect().get(_key(cell))
        except RedisError:
            return None
        return None if stored is None else unpacked(stored)

    def put(self, cell: int, runs: Mapping[str, Run]) -> None:
        """Keeps these in place of the last ones."""
        try:
            self._connect().set(_key(cell), packed(runs), ex=KEPT_S)
        except RedisError:
            return


def following(before: Run | None, workers: Mapping[str, Worked], told_s: float) -> Run:
    """The reading after `before`; without one the mean is `told_s`, and NaN if that is unknown.

    A mean that is told holds for this reading: nobody knows which jobs it already has in it.
    Without either it is that of all jobs since the workers started.
    """
    if before is None and not np.isnan(told_s):
        return Run(told_s, workers)
    earlier = before or Run(np.nan, {})
    return Run(mean_s(earlier.workers, workers, earlier.mean_s), workers)


def mean_s(before: Mapping[str, Worked], now: Mapping[str, Worked], last_s: float) -> float:
    """Mean seconds of a job: of those that ended since, with the mean before as a few more.

    A worker that came, or began again, counts from its start; NaN while no job has ended.
    """
    jobs = seconds = 0.0
    for name, worked in now.items():
        earlier = before.get(name, Worked(0, 0))
        again = worked.jobs < earlier.jobs or worked.seconds < earlier.seconds
        jobs += worked.jobs - (0 if again else earlier.jobs)
        seconds += worked.seconds - (0 if again else earlier.seconds)
    if np.isnan(last_s):
        return seconds / jobs if jobs else float("nan")
    return (seconds + LEARN_JOBS * last_s) / (jobs + LEARN_JOBS)


def packed(runs: Mapping[str, Run]) -> str:
    """The readings as text."""
    return json.dumps(
        {
            key: [run.mean_s, {name: astuple(worked) for name, worked in run.workers.items()}]
            for key, run in runs.items()
        }
    )


def unpacked(stored: str | bytes) -> dict[str, Run]:
    """The readings that `packed` wrote."""
    return {
        key: Run(mean_s, {name: Worked(*worked) for name, worked in workers.items()})
        for key, (mean_s, workers) in json.loads(stored).items()
    }


def _key(cell: int) -> str:
    return f"muster:rq:{cell}:runs"
