from __future__ import annotations

from django.db import models
from django.db.models import Q

from platform_admin.models.service import Service


class ServiceLimits(models.Model):
    """What was measured of one release of a service; None where it was not yet.

    Seconds: `start_up_s` from the order of an instance until it was healthy, in `start_ups` of
    them; `stop_s` from the order to end one until it had ended, in `stops` of them. `holds`:
    requests a second of one instance, as sure as `confidence` says, 0 to 1, since `held_at`.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="limits")
    release = models.PositiveIntegerField(help_text="The number in its environment.")
    start_up_s = models.FloatField(null=True, blank=True)
    start_ups = models.PositiveIntegerField(default=0)
    stop_s = models.FloatField(null=True, blank=True)
    stops = models.PositiveIntegerField(default=0)
    holds = models.FloatField(null=True, blank=True)
    confidence = models.FloatField(default=0.0)
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "service limits"
        verbose_name_plural = "service limits"
        constraints = [
            models.UniqueConstraint(fields=["service", "release"], name="limits_of_release"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="limits_confidence"
            ),
        ]

    def __str__(self) -> str:
        return f"limits of {self.service} in release {self.release}"
