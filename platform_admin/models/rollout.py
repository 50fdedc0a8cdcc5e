from __future__ import annotations

from fractions import Fraction

from django.db import models

from platform_admin.models.deployment import Deployment
from platform_admin.models.fraction import FractionField
from platform_admin.models.release import Release
from platform_admin.models.service import Service


class ColourName(models.TextChoices):
    BLUE = "blue", "blue"
    GREEN = "green", "green"


class Rollout(models.Model):
    """Where a service stands between its colours; written by deployments alone.

    `at` and `next` are the new colour's share of traffic now and after the move; `version`
    counts every write and goes into Consul with the routers, where it never goes down.
    """

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="rollout")
    live = models.CharField(max_length=5, choices=ColourName, null=True, blank=True)  # noqa: DJ001
    before = models.CharField(  # noqa: DJ001
        max_length=5,
        choices=ColourName,
        null=True,
        blank=True,
        help_text="What was live when the deployment under way began.",
    )
    new = models.CharField(max_length=5, choices=ColourName, default=ColourName.BLUE)
    at = FractionField(default=Fraction(0))
    next = FractionField(default=Fraction(0))
    moving = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="rest")
    state_at = models.DateTimeField(null=True, blank=True)
    deployment = models.ForeignKey(
        Deployment, null=True, blank=True, on_delete=models.PROTECT, related_name="rollouts"
    )
    hold = models.PositiveIntegerField(default=0)
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.service}: live {self.live or 'nowhere'}"


class Colour(models.Model):
    """One of the two jobs of a service: what Nomad acknowledged, and what it runs.

    `acknowledged` is None while a post's answer is not known; `at_most` bounds what may run
    meanwhile. `job` is the job as it was registered: the slug is added and taken on this one.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="colours")
    colour = models.CharField(max_length=5, choices=ColourName)
    acknowledged = models.PositiveIntegerField(null=True, blank=True, default=0)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    at_most = models.PositiveIntegerField(default=0)
    mark = models.PositiveBigIntegerField(default=0)
    index = models.PositiveBigIntegerField(default=0)
    release = models.ForeignKey(Release, null=True, blank=True, on_delete=models.PROTECT)
    verified = models.BooleanField(default=False)
    bears_slug = models.BooleanField(default=False)
    stand_by = models.PositiveIntegerField(default=0)
    job = models.JSONField(null=True, blank=True)
    drift = models.CharField(max_length=300, blank=True)
    compared_at = models.DateTimeField(
        null=True, blank=True, help_text="When `job` was last held against Nomad's."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["service", "colour"], name="colour_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.service}-{self.colour}"
