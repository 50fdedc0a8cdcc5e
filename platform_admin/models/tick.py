from __future__ import annotations

from django.db import models

from platform_admin.models.service import Service
from platform_admin.models.shard import Shard


class Tick(models.Model):
    """What was measured of a shard's services at one moment, and what was decided.

    Bytes of little-endian numbers, a column a service in the order of `services` (int64).
    `samples`: float32, a row each of scaler.samples.series.SERIES, NaN for unknown. Written by the
    tick: `counts` (int16, a row a step; -1 after the tolerance where nothing was proposed),
    `memory` (float32, what the next tick must remember) and `told` (int8, the step that the last
    event named).
    """

    shard = models.ForeignKey(Shard, on_delete=models.CASCADE, related_name="ticks")
    at = models.DateTimeField()
    services = models.BinaryField()
    samples = models.BinaryField()
    decided_at = models.DateTimeField(null=True)
    counts = models.BinaryField(null=True)
    memory = models.BinaryField(null=True)
    told = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shard", "at"], name="tick_of_shard")]

    def __str__(self) -> str:
        return f"{self.shard} at {self.at:%H:%M:%S}"


class SampleHour(models.Model):
    """What was measured of one service in one hour: made of the ticks, kept for eight days.

    `offsets` (int16): seconds into the hour of each sample; `samples`: zlib of float32, a row a
    series, a column a sample.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="sample_hours")
    hour = models.DateTimeField()
    offsets = models.BinaryField()
    samples = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "hour"], name="sample_hour_of_service")
        ]
        indexes = [models.Index(fields=["hour"], name="sample_hour_age")]

    def __str__(self) -> str:
        return f"{self.service} in the hour from {self.hour:%H:%M}"
