from __future__ import annotations

from django.db import models

from platform_admin.models.shard import Shard


class Learned(models.Model):
    """What the policies that learn remembered of a shard's services at one moment.

    `state` is `scaler.policies.frozen` of `scaler.rules.learning.Learners`. Who goes on from it
    reads the ticks since; without it all begin anew.
    """

    shard = models.OneToOneField(Shard, on_delete=models.CASCADE, related_name="learned")
    at = models.DateTimeField()
    state = models.BinaryField()

    class Meta:
        verbose_name_plural = "learned states"

    def __str__(self) -> str:
        return f"what {self.shard} had learned at {self.at:%H:%M:%S}"
