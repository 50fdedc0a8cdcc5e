from __future__ import annotations

from django.db import models
from django.db.models import Q

from platform_admin.models.app import Environment
from platform_admin.models.deletion import Deletion
from platform_admin.models.slug import Slug


class Resource(models.Model):
    """A store of an environment: at a static port of its cell's range where Muster runs it.

    An `external` one runs elsewhere, at `host` and `port`; Muster probes it, and writes down what
    it found. `data_node` is the node that has the data of one that keeps them in a folder.
    """

    class Kind(models.TextChoices):
        REDIS = "redis", "redis"
        POSTGRES = "postgres", "postgres"

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
    version = models.CharField(max_length=20, blank=True)
    max_connections = models.PositiveIntegerField(null=True, blank=True)
    data_node = models.CharField(max_length=128, blank=True)
    external = models.BooleanField(default=False)
    host = models.CharField(max_length=253, blank=True)
    address = models.GenericIPAddressField(
        null=True, blank=True, help_text="What the host was when it was last resolved."
    )
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When what links give of it last changed."
    )
    probed_at = models.DateTimeField(null=True, blank=True)
    probe_error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["environment", "name"], name="resource_name"),
            models.UniqueConstraint(
                fields=["cell", "port"],
                condition=Q(external=False),
                name="resource_port_in_cell",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slug(self) -> str:
        return self.slug_row_id


class Database(models.Model):
    """A database inside a postgres: made by Muster, or the one that it knows of an external one.

    None goes because no link names it any more: it may hold what nobody has elsewhere.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="databases")
    name = models.CharField(max_length=63)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="database_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.resource}"


class Credential(models.Model):
    """A login of a resource, its password encrypted (see platform_admin.rules.sealed).

    One that a `rotation` made is what links give once that came through.
    """

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="credentials")
    user = models.CharField(max_length=63, default="default")
    sealed = models.BinaryField()
    key_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    dropping = models.BooleanField(
        default=False, help_text="No live release names it, and its server is told to drop it."
    )
    rotation = models.ForeignKey(
        "Rotation", null=True, blank=True, on_delete=models.CASCADE, related_name="credentials"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resource", "user", "rotation"],
                name="credential_user",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} of {self.resource}"
