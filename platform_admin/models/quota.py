from __future__ import annotations

from django.db import models
from django.db.models import Q

from platform_admin.models.resource import Resource
from platform_admin.models.run import Run
from platform_admin.models.service import Service
from platform_admin.models.team import Team


class Quota(models.Model):
    """What a team may use; the row is the team's lock for everything that reserves."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="quota")
    instances = models.PositiveIntegerField(default=20)
    cpu_mhz = models.PositiveIntegerField(default=4000)
    memory_mb = models.PositiveIntegerField(default=4096)
    surge_percent = models.PositiveIntegerField(default=25)

    def __str__(self) -> str:
        return f"quota of {self.team}"


class Reservation(models.Model):
    """What one service, resource or command has reserved of its team's quota.

    `desired` counts against the quota; `instances` (desired, surge, and what may still run)
    against quota and surge together. Sizes are those of one instance, the larger of both
    releases while one rolls.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="reservations")
    service = models.OneToOneField(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="reservation"
    )
    resource = models.OneToOneField(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="reservation"
    )
    run = models.OneToOneField(
        Run, null=True, blank=True, on_delete=models.CASCADE, related_name="reservation"
    )
    desired = models.PositiveIntegerField()
    instances = models.PositiveIntegerField()
    cpu_mhz = models.PositiveIntegerField()
    memory_mb = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, resource__isnull=True, run__isnull=True)
                | Q(service__isnull=True, resource__isnull=False, run__isnull=True)
                | Q(service__isnull=True, resource__isnull=True, run__isnull=False),
                name="reservation_has_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instances} for {self.service or self.resource or self.run}"
