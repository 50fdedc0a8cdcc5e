from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from platform_admin.models.resource import Resource


class Dump(models.Model):
    """A copy of one database as a file, made by somebody at a time; or the attempt to make it.

    `beat_at` is when its worker last said that it goes on, `size` how many bytes it has by then.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    UNDER_WAY = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="dumps")
    database = models.CharField(max_length=63)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    size = models.BigIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(state__in=["waiting", "running"]),
                name="dump_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.database} of {self.resource}"
