"""The model of a worker: many runs over the same jobs, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaler.replay import worker_kernel as kernel
from scaler.replay.outcome import Outcome
from scaler.replay.run import Lane
from scaler.replay.seen import Floats, Instances, Ints, WorkerSeen
from scaler.replay.settings import READING_S, WorkerSettings


@dataclass(frozen=True)
class WorkerDemand:
    """Jobs that arrive at a worker, in the order of their arrival.

    `arrivals` and `runs` are seconds, shape (seeds, jobs); `lost` marks readings that never come,
    shape (seeds, seconds / 10). Jobs of the first `scored_from` seconds are run but not scored.
    """

    arrivals: Floats
    runs: Floats
    lost: NDArray[np.bool_]
    seconds: int
    scored_from: int


class WorkerRuns:
    """Runs beside each other, as many as there are lanes."""

    def __init__(
        self, demand: WorkerDemand, lanes: Sequence[Lane], settings: WorkerSettings, start: int
    ) -> None:
        """All lanes begin with `start` ready, idle instances."""
        self.demand, self.settings, self.now_s = demand, settings, 0
        self.seeds = np.array([lane.seed for lane in lanes], np.int64)
        self.startups = np.array([lane.startup_s for lane in lanes], np.int64)
        number = len(lanes)
        self._whole = np.zeros((number, 3), np.int64)
        self._whole[:, kernel.COUNT] = start
        self._real = np.zeros((number, 5))
        self._heaps = np.tile(np.arange(settings.maximum), (number, 1))
        self._instances = np.zeros((number, settings.maximum, 3))
        self._seen = np.zeros((number, 6))
        self._track = np.zeros((number, demand.seconds // READING_S), np.uint16)
        self.desired = np.full(number, start, np.int64)

    @property
    def seconds(self) -> int:
        """How long they last."""
        return self.demand.seconds

    def order(self, desired: Ints) -> None:
        """Ask for these counts from now on; they are bounded here."""
        self.desired = np.clip(desired, self.settings.minimum, self.settings.maximum)

    def advance(self, until_s: int) -> None:
        """Let time pass."""
        scored_from = self.demand.scored_from
        kernel.advance(
            self.now_s,
            until_s,
            (scored_from, self.demand.seconds),
            self.desired,
            self._whole,
            self._real,
            self._heaps,
            self._instances,
            self._seen,
            self.demand.arrivals,
            self.demand.runs,
            self.seeds,
            self.startups,
            self.settings.late_s,
        )
        if self.now_s < scored_from <= until_s:
            self._whole[:, kernel.CHANGES] = 0
        ready = self._seen[:, kernel.SEEN_READY].astype(np.uint16)
        self._track[:, self.now_s // READING_S : until_s // READING_S] = ready[:, None]
        self.now_s = until_s

    def seen(self) -> WorkerSeen:
        """What a policy sees now."""
        columns = self._seen.T.copy()
        columns[kernel.SEEN_WAITING :, self._is_lost()] = np.nan
        ready, starting = (columns[i].astype(np.int64) for i in range(2))
        instances = Instances(self.desired, ready, starting)
        return WorkerSeen(self.now_s, READING_S, instances, *columns[kernel.SEEN_WAITING :])

    def outcomes(self) -> list[Outcome]:
        """What came of each lane; to be asked once, at the end."""
        end, scored_from = self.now_s, self.demand.scored_from
        kernel.left_over(
            self._whole,
            self._real,
            self.demand.arrivals,
            self.seeds,
            float(end),
            float(scored_from),
            self.settings.late_s,
        )
        return [
            Outcome(
                requests=float(real[kernel.JOBS]),
                late=float(real[kernel.LATE]),
                gave_up=0.0,
                instance_s=float(real[kernel.BILLED]),
                changes=int(whole[kernel.CHANGES]),
                scored_s=end - scored_from,
                track=track,
            )
            for whole, real, track in zip(self._whole, self._real, self._track, strict=True)
        ]

    def _is_lost(self) -> NDArray[np.bool_]:
        lost: NDArray[np.bool_] = self.demand.lost[self.seeds, self.now_s // READING_S - 1]
        return lost
