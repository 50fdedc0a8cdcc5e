from __future__ import annotations

from django.conf import settings
from django.db import models

from platform_admin.models.deployment import Deployment
from platform_admin.models.variable import SecretVersion


class Rotation(models.Model):
    """A new version of a secret on its way into everything live that names the secret.

    Each environment has its own deployments of it: a further one where the first failed. Until
    one came through, the drafts there name the version before.
    """

    version = models.OneToOneField(SecretVersion, on_delete=models.CASCADE, related_name="rotation")
    deployments = models.ManyToManyField(Deployment, related_name="rotations", blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"rotation to {self.version}"
