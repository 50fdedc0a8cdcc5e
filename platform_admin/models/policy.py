from __future__ import annotations

from django.db import models
from django.db.models import Q

from platform_admin.models.service import Service


class ScalingPolicy(models.Model):
    """What somebody wants of a service's size; live at once, and no part of a release.

    A target of None is a signal that is not used. Bounds stand on the service. `version` counts
    every save, pause and resume, so that what was compiled from the row is known to be old.
    `windows` are those of its schedule, in `time_zone`, as platform_admin.rules.schedules stores
    them: always read, replaced and compared as a whole, with the rest of the row.
    """

    class Mode(models.TextChoices):
        OFF = "off", "off: nothing is decided"
        SHADOW = "shadow", "shadow: what it would do is recorded, nothing is done"
        ON = "on", "on: the count follows"

    class Metric(models.TextChoices):
        RATE = "rate", "requests a second, for each instance"
        CONCURRENCY = "concurrency", "requests in flight, for each instance"

    class Unknown(models.TextChoices):
        HOLD = "hold", "hold: the count stays"
        FLOOR = "floor", "floor: at least so many instances"
        STEP = "step", "step: one more each time"

    class Strategy(models.TextChoices):
        LEARNED = "learned", "learned: what its own load teaches"
        FIXED = "fixed", "fixed: rules that are set by hand"

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="policy")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.SHADOW)
    paused = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveBigIntegerField(default=1)

    strategy = models.CharField(max_length=7, choices=Strategy, default=Strategy.LEARNED)
    late_price = models.FloatField(
        default=0.2, help_text="What a late request is worth, in instance-seconds."
    )

    latency_ms = models.PositiveIntegerField(null=True, blank=True, help_text="95th percentile.")
    guard_s = models.PositiveIntegerField(
        null=True, blank=True, help_text="What would wait longer is answered with 429 at once."
    )
    recovery_s = models.PositiveIntegerField(default=30)
    queue = models.CharField(max_length=120, blank=True)
    drain_s = models.PositiveIntegerField(null=True, blank=True)
    jobs_per_worker = models.FloatField(null=True, blank=True)
    metric = models.CharField(max_length=12, choices=Metric, blank=True)
    metric_target = models.FloatField(null=True, blank=True)

    tolerance = models.FloatField(default=0.1)
    up_window_s = models.PositiveIntegerField(default=0)
    up_percent = models.PositiveIntegerField(null=True, blank=True, default=100)
    up_instances = models.PositiveIntegerField(null=True, blank=True, default=10)
    up_period_s = models.PositiveIntegerField(default=15)
    up_cooldown_s = models.PositiveIntegerField(default=0)
    down_window_s = models.PositiveIntegerField(default=300)
    down_percent = models.PositiveIntegerField(null=True, blank=True)
    down_instances = models.PositiveIntegerField(null=True, blank=True)
    down_period_s = models.PositiveIntegerField(default=60)
    down_cooldown_s = models.PositiveIntegerField(default=0)

    unknown = models.CharField(max_length=5, choices=Unknown, default=Unknown.HOLD)
    unknown_after_s = models.PositiveIntegerField(default=60)
    floor = models.PositiveIntegerField(default=0)
    start_up_s = models.PositiveIntegerField(default=30, help_text="Assumed until measured.")
    start_up_measured_s = models.FloatField(null=True, blank=True)

    time_zone = models.CharField(max_length=64, blank=True, help_text="Empty: the platform's.")
    windows = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name_plural = "scaling policies"
        constraints = [
            models.CheckConstraint(condition=Q(late_price__gt=0), name="policy_late_price"),
            models.CheckConstraint(
                condition=Q(latency_ms__isnull=True) | Q(latency_ms__gt=0), name="policy_latency"
            ),
            models.CheckConstraint(
                condition=Q(drain_s__isnull=True) | Q(drain_s__gt=0), name="policy_drain"
            ),
            models.CheckConstraint(
                condition=Q(guard_s__isnull=True) | Q(guard_s__gt=0), name="policy_guard"
            ),
            models.CheckConstraint(
                condition=Q(jobs_per_worker__isnull=True) | Q(jobs_per_worker__gt=0),
                name="policy_jobs",
            ),
            models.CheckConstraint(
                condition=Q(metric="", metric_target__isnull=True)
                | (~Q(metric="") & Q(metric_target__gt=0)),
                name="policy_metric",
            ),
        ]

    def __str__(self) -> str:
        return f"policy of {self.service}"
