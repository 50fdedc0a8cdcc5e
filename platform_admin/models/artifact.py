from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.team import Team


class Artifact(models.Model):
    """An archive, uploaded or from git, known by its SHA-256; its bytes lie in the store."""

    class Format(models.TextChoices):
        TAR_GZ = "tar.gz", "tar.gz"
        ZIP = "zip", "zip"

    sha256 = models.CharField(max_length=64)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="artifacts")
    format = models.CharField(max_length=6, choices=Format)
    size_bytes = models.PositiveBigIntegerField()
    filename = models.CharField(max_length=200)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "sha256"], name="one_artifact_a_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.sha256[:12]})"
