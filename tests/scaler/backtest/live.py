"""A live web service under a load that varies, and all that may go wrong with its readings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from platform_admin.models import ScalingPolicy, Service, Tick
from scaler.backtest.recorded import counts
from scaler.loop import warm
from scaler.loop.policies import policies
from scaler.loop.state import of_shards
from scaler.loop.tick import tick
from scaler.rules.arrays import Ints
from scaler.rules.policies import Policies
from scaler.samples.hours import measured
from scaler.samples.ticks import ids_of
from tests.scaler.loop.scene import INTERVAL, Scene, served

HOLDS, WORK_S = 40.0, 0.1
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 24, tzinfo=UTC)
FORGOTTEN_EVERY = 37
DELAYS_S = (0.0, 0.2, 3.0)
LOST, REPEATED = 0.05, 0.03


class Live:
    """The service; its load is a fluid queue in front of `HOLDS` requests a second an instance."""

    def __init__(self, scene: Scene, **policy: object) -> None:
        self.scene, self.service = scene, scene.service()
        ScalingPolicy.objects.filter(service=self.service).update(**policy)
        self.random = np.random.default_rng(7)
        self.backlog = 0.0
        self.row: dict[str, float] = {}

    def lives(self, turns: int) -> None:
        """So many intervals: each is measured, then decided about, sometimes late."""
        for turn in range(turns):
            if turn % FORGOTTEN_EVERY == FORGOTTEN_EVERY - 1:
                warm.forget()
            self._reads(turn)
            delay = timedelta(seconds=DELAYS_S[turn % len(DELAYS_S)])
            tick(self.scene.sample(), self.scene.now + delay)
            self.scene.now += INTERVAL
            self.scene.settle()

    def decided(self) -> dict[float, int]:
        """The count that the loop decided, by the second of its sample."""
        rows = Tick.objects.filter(counts__isnull=False).order_by("at")
        found = {}
        for row in rows:
            assert row.counts is not None
            table = np.frombuffer(row.counts, "<i2").reshape(-1, len(ids_of(row.services)))
            place = int(np.searchsorted(ids_of(row.services), self.service.pk))
            found[row.at.timestamp()] = int(table[-1, place])
        return found

    def again(self) -> tuple[list[float], Ints]:
        """The moments, and what the stored series say that was decided."""
        at, table = measured(self.service.pk, BEGIN, END)
        return at.tolist(), counts(at, table, self._policies())

    def _policies(self) -> Policies:
        found = policies(self.scene.shard.pk, of_shards([self.scene.shard]))
        assert Service.objects.count() == 1
        return replace(found)

    def _reads(self, turn: int) -> None:
        chance = self.random.random()
        if chance < LOST:
            self.scene.says(web={})
        elif chance < LOST + REPEATED and self.row:
            self.row["edge_age_s"] += 10.0
            self.scene.says(web=self.row)
        else:
            self.row = self._served(turn)
            self.scene.says(web=self.row)

    def _served(self, turn: int) -> dict[str, float]:
        """Waves of half an hour, and now and then four times as much at once."""
        level = 120.0 + 100.0 * np.sin(turn / 29.0) + (300.0 if turn % 151 > 140 else 0.0)
        rate = float(self.random.poisson(10.0 * max(level, 5.0))) / 10.0
        able = HOLDS * max(self.scene.desired("web"), 1)
        done = min(rate + self.backlog / 10.0, able)
        self.backlog = min(max(self.backlog + 10.0 * (rate - done), 0.0), 10.0 * able)
        took_s = WORK_S * self.random.uniform(0.9, 1.2) + self.backlog / able
        return served(done, 2.0 * took_s, open=self.backlog + done * took_s)
