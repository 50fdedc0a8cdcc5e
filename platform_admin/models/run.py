from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from platform_admin.models.deployment import Deployment
from platform_admin.models.release import Release
from platform_admin.models.service import Service


class Run(models.Model):
    """One run of a command to its end: by the clock, by hand, once, or before a release.

    Nomad forgets it after some hours; what it came to, and the end of its log, stay here.
    """

    class Kind(models.TextChoices):
        CLOCK = "clock", "by the clock"
        HAND = "hand", "by hand"
        ONCE = "once", "one-off command"
        RELEASE = "release", "release command"

    class State(models.TextChoices):
        ASKED = "asked", "asked for"
        WAITING = "waiting", "waiting for a place"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "succeeded"
        FAILED = "failed", "failed"
        OVERDUE = "overdue", "out of time"
        CANCELLED = "cancelled", "cancelled"
        SKIPPED = "skipped", "skipped"

    OPEN = (State.ASKED, State.WAITING, State.RUNNING)
    BAD = (State.FAILED, State.OVERDUE)

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    command = models.TextField(help_text="As it was typed, on one line.")
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    deployment = models.ForeignKey(
        Deployment, null=True, blank=True, on_delete=models.CASCADE, related_name="runs"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.CharField(max_length=120, blank=True, help_text="Its job in Nomad, once known.")
    allocation = models.CharField(max_length=36, blank=True)
    limit_s = models.PositiveIntegerField()
    launch_at = models.DateTimeField(help_text="When it was to start.")
    tried_at = models.DateTimeField(
        null=True, blank=True, help_text="When Nomad was asked to start it; it is asked once."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    exit_code = models.IntegerField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="What it waits for, or why it ended so.")
    cancelled_by = models.CharField(max_length=150, blank=True)
    log = models.TextField(blank=True, help_text="The end of what it wrote.")
    log_cut = models.PositiveIntegerField(default=0, help_text="Bytes before that, not kept.")
    tidied_at = models.DateTimeField(
        null=True, blank=True, help_text="When its job and values were taken out of Nomad."
    )

    class Meta:
        ordering = ["-launch_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "job"], condition=~Q(job=""), name="run_of_job"
            ),
            models.UniqueConstraint(
                fields=["service", "launch_at"],
                condition=Q(kind="clock"),
                name="one_run_a_launch",
            ),
        ]
        indexes = [
            models.Index(fields=["service", "-launch_at"], name="run_newest"),
            models.Index(fields=["tidied_at"], name="run_untidied"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_kind_display()} {self.pk}"

    @property
    def open(self) -> bool:
        return self.state in self.OPEN


class Launches(models.Model):
    """Until when the launches of a cron were looked for: Nomad leaves no trace of one skipped."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="launches")
    checked_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "launches"

    def __str__(self) -> str:
        return f"{self.service} until {self.checked_until}"
