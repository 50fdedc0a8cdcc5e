from __future__ import annotations

import builtins

from django.db import models
from django.db.models import Q

from platform_admin.models.resource import Resource
from platform_admin.models.service import Service


class Link(models.Model):
    """Gives a service one property of a resource or of another service, as a variable."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="links")
    variable = models.CharField(max_length=80)
    to_service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="callers"
    )
    to_resource = models.ForeignKey(
        Resource, null=True, blank=True, on_delete=models.PROTECT, related_name="links"
    )
    property = models.CharField(max_length=20, default="url")
    database = models.CharField(max_length=31, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "variable"], name="link_variable"),
            models.CheckConstraint(
                condition=Q(to_service__isnull=True) ^ Q(to_resource__isnull=True),
                name="link_has_one_target",
            ),
        ]

    def __str__(self) -> str:
        place = f"{self.target}/{self.database}" if self.database else self.target
        return f"{self.variable} = {place}.{self.property}"

    # The field of that name hides the decorator in here.
    @builtins.property
    def target(self) -> str:
        """The name of what it points to, inside its environment."""
        to = self.to_service or self.to_resource
        return to.name if to else ""
