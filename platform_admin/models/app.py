from __future__ import annotations

from django.db import models

from platform_admin.models.cell import Cell
from platform_admin.models.deletion import Deletion
from platform_admin.models.team import Team


class App(models.Model):
    """A name, unique on the whole platform, and the team that owns it."""

    slug = models.CharField(max_length=24, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="apps")
    created_at = models.DateTimeField(auto_now_add=True)
    deletion = models.ForeignKey(
        Deletion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="apps",
        editable=False,
    )

    def __str__(self) -> str:
        return self.slug


class Environment(models.Model):
    """One running copy of an app, in one cell; it owns the draft's rows."""

    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="environments")
    slug = models.CharField(max_length=15)
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="environments")
    created_at = models.DateTimeField(auto_now_add=True)
    deletion = models.ForeignKey(
        Deletion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="environments",
        editable=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["app", "slug"], name="environment_name_in_app"),
        ]

    def __str__(self) -> str:
        return f"{self.app}/{self.slug}"

    @property
    def prefix(self) -> str:
        """The first two parts of every slug in here, with their hyphen."""
        return f"{self.app.slug}-{self.slug}-"
