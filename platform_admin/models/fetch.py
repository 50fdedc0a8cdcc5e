from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from platform_admin.models.artifact import Artifact
from platform_admin.models.team import Team


class Fetch(models.Model):
    """A commit of a git repository, fetched by somebody at a time as an artifact; or the attempt.

    It stays as where its artifact came from. An empty `ref` is the repository's own branch, an
    empty `folder` all of it. `beat_at` is when its worker last said that it goes on, `doing` what
    it does then, `received` how many bytes it has.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    UNDER_WAY = (State.WAITING, State.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="fetches")
    address = models.CharField(max_length=500)
    ref = models.CharField(max_length=200, blank=True)
    folder = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    received = models.BigIntegerField(default=0)
    doing = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=400, blank=True)
    commit = models.CharField(max_length=40, blank=True)
    artifact = models.ForeignKey(
        Artifact, null=True, blank=True, on_delete=models.CASCADE, related_name="fetches"
    )

    class Meta:
        ordering = ["-asked_at"]
        verbose_name_plural = "fetches"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done")
                | (models.Q(artifact__isnull=False) & ~models.Q(commit="")),
                name="fetch_done_has_artifact",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.address, self.ref, self.folder) if part)

    @property
    def under_way(self) -> bool:
        """Whether it may still bring an artifact."""
        return self.state in self.UNDER_WAY
