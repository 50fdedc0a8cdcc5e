from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from jobs.document.types import SCALED
from platform_admin.models.app import Environment
from platform_admin.models.artifact import Artifact
from platform_admin.models.deletion import Deletion
from platform_admin.models.slug import Slug


class Service(models.Model):
    """One deployable unit of the draft, and how many instances of it are wanted.

    `desired` is no part of a release: how many instances carry traffic or take work. It is
    written by a conditional UPDATE on `desired_version`, the loser decides again. Nor is
    `in_flight_limit`: how many requests the edge lets in at once, None for all of them. What is
    suspended is an override of 0 without an end: `override_from` says what comes back.
    """

    class Kind(models.TextChoices):
        WEB = "web", "web: public, behind the edge"
        PRIVATE = "private", "private: inside only"
        WORKER = "worker", "worker: takes jobs from a queue"
        CRON = "cron", "cron: runs by the clock"
        SINGLETON = "singleton", "singleton: exactly one, also across releases"
        STATIC = "static", "static: files, behind the edge"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(max_length=15)
    slug_row = models.OneToOneField(Slug, on_delete=models.PROTECT, db_column="slug")
    kind = models.CharField(max_length=10, choices=Kind)

    artifact = models.ForeignKey(Artifact, null=True, blank=True, on_delete=models.PROTECT)
    image = models.CharField(max_length=300, blank=True)
    command = models.TextField(blank=True, help_text="One line, split as a shell splits words.")
    release_command = models.TextField(blank=True)
    port = models.PositiveIntegerField(null=True, blank=True)
    health_path = models.CharField(max_length=200, blank=True)
    cpu_mhz = models.PositiveIntegerField(default=100)
    memory_mb = models.PositiveIntegerField(default=128)
    start_limit_s = models.PositiveIntegerField(default=120)
    kill_timeout_s = models.PositiveIntegerField(default=30)

    protocol = models.CharField(
        max_length=4, blank=True, choices=[("tcp", "TCP")], help_text="Empty: HTTP."
    )
    ports = models.JSONField(default=dict, blank=True, help_text="Further ports, numbers by name.")
    check_interval_s = models.PositiveIntegerField(null=True, blank=True)
    check_timeout_s = models.PositiveIntegerField(null=True, blank=True)
    user = models.CharField(max_length=64, blank=True)
    memory_max_mb = models.PositiveIntegerField(null=True, blank=True)
    disk_mb = models.PositiveIntegerField(null=True, blank=True)
    drain_s = models.PositiveIntegerField(null=True, blank=True)
    kill_signal = models.CharField(max_length=8, blank=True)
    constraints = models.JSONField(
        default=list, blank=True, help_text="A list of attribute, operator, value."
    )
    spread = models.CharField(max_length=100, blank=True)
    restart = models.JSONField(
        null=True, blank=True, help_text="attempts, interval_s, delay_s; null: Muster's own."
    )
    schedule = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    time_limit_s = models.PositiveIntegerField(null=True, blank=True)
    fallback = models.CharField(max_length=200, blank=True)
    redirects = models.JSONField(default=list, blank=True, help_text="A list of path, to, status.")
    headers = models.JSONField(default=list, blank=True, help_text="A list of path, name, value.")

    minimum = models.PositiveIntegerField(default=1)
    maximum = models.PositiveIntegerField(default=1)
    desired = models.PositiveIntegerField(default=1)
    desired_version = models.PositiveBigIntegerField(default=0)
    desired_at = models.DateTimeField(null=True, blank=True)
    override_until = models.DateTimeField(null=True, blank=True)
    override_from = models.PositiveIntegerField(
        null=True, blank=True, help_text="What `desired` goes back to when the override ends."
    )
    override_reason = models.CharField(max_length=200, blank=True)
    suspended_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when no instance may run."
    )
    in_flight_limit = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="Written by the scaler's guard."
    )
    deletion = models.ForeignKey(
        Deletion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="services",
        editable=False,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | Q(desired=0, override_until__isnull=True),
                name="service_suspended",
            ),
            models.CheckConstraint(
                condition=Q(in_flight_limit__isnull=True) | Q(in_flight_limit__gt=0),
                name="service_in_flight_limit",
            ),
            models.UniqueConstraint(fields=["environment", "name"], name="service_name"),
            models.CheckConstraint(condition=Q(minimum__lte=F("maximum")), name="service_bounds"),
            models.CheckConstraint(
                condition=Q(port__isnull=True) | Q(port__gte=1, port__lte=65535),
                name="service_port",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("web", "private", "static"), port__isnull=False)
                | (~Q(kind__in=("web", "private", "static")) & Q(port__isnull=True)),
                name="service_port_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(artifact__isnull=False, image="") | Q(artifact__isnull=True),
                name="service_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def slug(self) -> str:
        return self.slug_row_id

    @property
    def scaled(self) -> bool:
        return self.kind in SCALED

    @property
    def has_port(self) -> bool:
        return self.port is not None

    @property
    def behind_edge(self) -> bool:
        """Whether requests come by the edge, which speaks HTTP only."""
        return self.has_port and self.protocol != "tcp"
