from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from platform_admin.models.service import Service


class ScalingEvent(models.Model):
    """A change of `desired`, or a new reason for not changing it, with what it was decided from.

    The scaler's events have the policy's version, the count after every step (in the order of
    scaler.rules.steps.STEPS), the numbers that the steps used, and the step that decided; the
    sentence is made when it is read. Events of persons and other hands have a reason instead.
    """

    class Origin(models.TextChoices):
        PERSON = "person", "a person"
        OUTSIDE = "outside", "another hand in Nomad"
        POLICY = "policy", "the scaler"

    class Outcome(models.TextChoices):
        APPLIED = "applied", "applied"
        HELD = "held", "held"
        SHADOW = "shadow", "only recorded"
        REFUSED = "refused", "refused by the quota"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="scaling_events")
    at = models.DateTimeField()
    origin = models.CharField(max_length=8, choices=Origin)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.APPLIED)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    step = models.CharField(max_length=16, blank=True, help_text="What decided, of the steps.")
    policy_version = models.PositiveBigIntegerField(null=True, blank=True)
    counts = ArrayField(models.IntegerField(), null=True, blank=True)
    numbers = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["service", "-at"], name="scaling_event_recent"),
            BrinIndex(fields=["at"], name="scaling_event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.before} to {self.after}"
