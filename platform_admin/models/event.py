from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.service import Service


class ScalingEvent(models.Model):
    """A change of `desired`, or a count that another hand set and what was made of it."""

    class Origin(models.TextChoices):
        PERSON = "person", "a person"
        OUTSIDE = "outside", "another hand in Nomad"
        POLICY = "policy", "the scaler"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="scaling_events")
    at = models.DateTimeField()
    origin = models.CharField(max_length=8, choices=Origin)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["service", "-at"], name="scaling_event_recent")]

    def __str__(self) -> str:
        return f"{self.service}: {self.before} to {self.after}"
