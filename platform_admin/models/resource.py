from __future__ import annotations

from django.db import models

from platform_admin.models.app import Environment
from platform_admin.models.deletion import Deletion
from platform_admin.models.slug import Slug


class Resource(models.Model):
    """A store that Muster runs for an environment, at a static port of its cell's range."""

    class Kind(models.TextChoices):
        REDIS = "redis", "redis"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="resources")
    cell = models.ForeignKey("Cell", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=15)
    slug_row = models.OneToOneField(Slug, on_delete=models.PROTECT, db_column="slug")
    kind = models.CharField(max_length=8, choices=Kind)
    cpu_mhz = models.PositiveIntegerField(default=100)
    memory_mb = models.PositiveIntegerField(default=64)
    placed_cpu_mhz = models.PositiveIntegerField(
        default=0, help_text="What Nomad was last asked to run; 0 where nothing was."
    )
    placed_memory_mb = models.PositiveIntegerField(default=0)
    port = models.PositiveIntegerField()
    start_limit_s = models.PositiveIntegerField(default=60)
    deletion = models.ForeignKey(
        Deletion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="resources",
        editable=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "name"], name="resource_name"),
            models.UniqueConstraint(fields=["cell", "port"], name="resource_port_in_cell"),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slug(self) -> str:
        return self.slug_row_id


class Credential(models.Model):
    """A login of a resource, its password encrypted (see platform_admin.rules.sealed)."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="credentials")
    user = models.CharField(max_length=40, default="default")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "user"], name="credential_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} of {self.resource}"
