from __future__ import annotations

from django.db import models

from platform_admin.models.app import Environment
from platform_admin.models.cell import Cell
from platform_admin.models.resource import Resource
from platform_admin.models.service import Service


class Instance(models.Model):
    """One allocation of Nomad as it was last observed; swept when Nomad forgets it."""

    allocation = models.CharField(max_length=36, unique=True)
    cell = models.ForeignKey(Cell, on_delete=models.CASCADE, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="instances")
    service = models.ForeignKey(
        Service, null=True, on_delete=models.CASCADE, related_name="instances"
    )
    resource = models.ForeignKey(
        Resource, null=True, on_delete=models.CASCADE, related_name="instances"
    )
    job = models.CharField(max_length=80)
    colour = models.CharField(max_length=5, blank=True)
    number = models.PositiveIntegerField(help_text="Nomad's allocation index.")
    release = models.PositiveIntegerField(null=True)
    node = models.CharField(max_length=120)
    address = models.CharField(max_length=64, blank=True)
    port = models.PositiveIntegerField(null=True)
    desired_status = models.CharField(max_length=16)
    client_status = models.CharField(max_length=16)
    healthy = models.BooleanField(default=False)
    draining = models.BooleanField(default=False)
    ended = models.BooleanField(default=False)
    restarts = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ready_after_s = models.FloatField(
        null=True, help_text="From its creation until it was first seen healthy."
    )
    draining_at = models.DateTimeField(
        null=True, help_text="When a healthy one was first seen told to stop, if that was watched."
    )
    last_event = models.TextField(blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["service", "colour"], name="instance_of_colour")]

    def __str__(self) -> str:
        return f"{self.job}[{self.number}]"
