"""The model of a web service: many runs over the same demand, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scaler.replay import web_kernel as kernel
from scaler.replay.erlang import erlang_c
from scaler.replay.outcome import Outcome
from scaler.replay.run import Lane
from scaler.replay.seen import Floats, Instances, Ints, WebSeen
from scaler.replay.settings import READING_S, WebSettings

READINGS_KEPT = 6
CPU_WINDOW_S = 30
CPU_DELAY_S = 15


@dataclass(frozen=True)
class WebDemand:
    """What arrives at a web service, a second a column.

    `arrivals` has a row a seed, shape (seeds, seconds); `rates` is the mean it was drawn from,
    shape (seconds,), or a row a seed too. `lost` marks readings that never come, shape
    (seeds, seconds / 10). The first `scored_from` seconds are run but not scored.
    """

    arrivals: Floats
    rates: Floats
    lost: NDArray[np.bool_]
    scored_from: int

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return int(self.arrivals.shape[1])


class WebRuns:
    """Runs beside each other, as many as there are lanes."""

    def __init__(
        self, demand: WebDemand, lanes: Sequence[Lane], settings: WebSettings, start: int | Ints
    ) -> None:
        """All lanes begin with `start` ready instances, or each with its own number of them."""
        self.demand, self.settings, self.now_s = demand, settings, 0
        self.seeds = np.array([lane.seed for lane in lanes], np.int64)
        self.startups = np.array([lane.startup_s for lane in lanes], np.int64)
        patience = [lane.patience_s or settings.give_up_s for lane in lanes]
        self.patience = np.array(patience, np.int64)
        number = len(lanes)
        self._whole = np.zeros((number, 5), np.int64)
        self._whole[:, kernel.READY] = start
        self._real = np.zeros((number, 10))
        self._due = np.zeros((number, int(self.startups.max()) + 1), np.int64)
        self._gone = np.zeros((number, settings.drain_s + 1), np.int64)
        self._busy = np.full((number, kernel.BUSY_S), np.nan)
        self._buckets = np.zeros((number, len(settings.bounds_s) + 1))
        self._readings = np.full((number, READINGS_KEPT, 5), np.nan)
        self._track = np.zeros((number, demand.seconds // READING_S), np.uint16)
        self._table = erlang_c(settings.maximum, settings.slots)
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
        kernel.advance(
            self.now_s,
            until_s,
            self.demand.scored_from,
            self.desired,
            self._whole,
            self._real,
            self._due,
            self._gone,
            self._busy,
            self._buckets,
            self._readings,
            self._track,
            self.demand.arrivals,
            np.atleast_2d(self.demand.rates),
            self.demand.lost,
            self.seeds,
            self.startups,
            self.patience,
            self._table,
            np.array(self.settings.bounds_s),
            constants(self.settings),
        )
        if self.now_s < self.demand.scored_from <= until_s:
            self._whole[:, kernel.CHANGES] = 0
        self.now_s = until_s

    def seen(self) -> WebSeen:
        """What a policy sees now."""
        last = np.arange(self.now_s - CPU_DELAY_S - CPU_WINDOW_S, self.now_s - CPU_DELAY_S)
        cpu = self._busy[:, last % kernel.BUSY_S].mean(axis=1)
        cpu[np.isnan(self._readings[:, -1, kernel.READ_OPEN])] = np.nan
        instances = Instances(
            self.desired,
            self._whole[:, kernel.READY].copy(),
            self._whole[:, kernel.STARTING].copy(),
        )
        completed, mean_s, p95_s, connections, left = self._readings.transpose(2, 0, 1).copy()
        return WebSeen(
            now_s=self.now_s,
            reading_s=READING_S,
            instances=instances,
            completed=completed,
            mean_s=mean_s,
            p95_s=p95_s,
            open=connections,
            left=left,
            cpu=cpu,
        )

    def outcomes(self) -> list[Outcome]:
        """What came of each lane."""
        scored = self.now_s - self.demand.scored_from
        return [
            Outcome(
                requests=float(real[kernel.REQUESTS]),
                late=float(real[kernel.LATE]),
                gave_up=float(real[kernel.GAVE_UP]),
                instance_s=float(real[kernel.BILLED]),
                changes=int(whole[kernel.CHANGES]),
                scored_s=scored,
                track=track,
            )
            for whole, real, track in zip(self._whole, self._real, self._track, strict=True)
        ]


def constants(settings: WebSettings) -> tuple[float, float, float, int, int, int]:
    """The numbers of the model, as the kernel takes them."""
    return (
        settings.rate,
        settings.service_s,
        settings.late_s,
        settings.give_up_s,
        settings.drain_s,
        READING_S,
    )
