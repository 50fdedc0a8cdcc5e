from __future__ import annotations

from django.db import models

from platform_admin.models.cell import Cell

SHARDS = 16


class Shard(models.Model):
    """A sixteenth of a cell's teams, which one worker at a time decides about.

    Claimed by one conditional UPDATE with a lease. `ticked_at` is the newest sample that was
    decided about, and only moves on: whoever comes with the same or an older one has lost.
    """

    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveSmallIntegerField()
    ticked_at = models.DateTimeField(null=True, blank=True)
    lease_holder = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cell", "number"], name="shard_of_cell"),
            models.CheckConstraint(condition=models.Q(number__lt=SHARDS), name="shard_number"),
        ]

    def __str__(self) -> str:
        return f"shard {self.number} of {self.cell}"
