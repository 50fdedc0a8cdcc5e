from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from platform_admin.models.service import Service
from platform_admin.rules.faults import Kind


class Fault(models.Model):
    """Something that was broken on purpose in the example, and what became of it.

    The instance and its job are those of `stop` and `kill`; `replaced_by` is the same allocation
    where Nomad started it again. `failed` is unknown where no traffic was being sent.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="faults")
    kind = models.CharField(max_length=8, choices=[(each.value, each.name) for each in Kind])
    at = models.DateTimeField()
    until = models.DateTimeField(help_text="It ends by itself then at the latest.")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    job = models.CharField(max_length=80, blank=True)
    allocation = models.CharField(max_length=36, blank=True)
    number = models.PositiveIntegerField(null=True)
    replaced_by = models.CharField(max_length=36, blank=True)
    replaced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=400, blank=True, help_text="Why nothing was done.")
    failed = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["service", "-at"], name="fault_recent")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.service}"

    def goes_on(self, now: datetime) -> bool:
        """Whether it is not over yet: nothing else is broken meanwhile."""
        return self.ended_at is None and now < self.until
