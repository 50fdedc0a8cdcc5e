from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from platform_admin.models.deployment import Deployment
from platform_admin.models.resource import Resource
from platform_admin.models.variable import SecretVersion


class Rotation(models.Model):
    """Something secret on its way into all that is live and uses it: a version, or logins.

    Each environment has its own deployments of it: a further one where the first failed. Until
    one came through, drafts name the version before, and links give the login before.
    """

    version = models.OneToOneField(
        SecretVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="rotation"
    )
    resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.CASCADE, related_name="rotations"
    )
    deployments = models.ManyToManyField(Deployment, related_name="rotations", blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=True) ^ Q(resource__isnull=True),
                name="rotation_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        if self.resource is not None:
            return f"rotation of the login of {self.resource}"
        return f"rotation to {self.version}"
