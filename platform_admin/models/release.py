from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.app import Environment


class Release(models.Model):
    """An immutable, numbered document of an environment (format: jobs.document)."""

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    restores = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "number"], name="release_number"),
        ]

    def __str__(self) -> str:
        return f"{self.environment} release {self.number}"
