from __future__ import annotations

from django.conf import settings
from django.db import models


class Team(models.Model):
    """Owns apps; its jobs run in a Nomad namespace of its own."""

    slug = models.SlugField(max_length=24, unique=True)
    name = models.CharField(max_length=80)
    namespace = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What a person may do in a team."""

    class Role(models.TextChoices):
        OWNER = "owner", "owner"
        DEVELOPER = "developer", "developer"
        VIEWER = "viewer", "viewer"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=9, choices=Role, default=Role.DEVELOPER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team} ({self.role})"
