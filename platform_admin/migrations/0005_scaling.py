from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SHARDS = 16
OF_WORKER = {"drain_s": 60, "down_window_s": 60}
OF_SERVER = {"latency_ms": 500}


def add_what_is_missing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A policy for every service and the shards of every cell, as their verbs make them."""
    services = apps.get_model("platform_admin", "Service").objects.all()
    policy = apps.get_model("platform_admin", "ScalingPolicy")
    shard = apps.get_model("platform_admin", "Shard")
    policy.objects.bulk_create(
        policy(service=service, **(OF_WORKER if service.kind == "worker" else OF_SERVER))
        for service in services
    )
    shard.objects.bulk_create(
        shard(cell=cell, number=number)
        for cell in apps.get_model("platform_admin", "Cell").objects.all()
        for number in range(SHARDS)
    )


class Migration(migrations.Migration):
    """Policies, shards, ticks; what was there before scaling gets what new ones get."""

    dependencies = [
        ("platform_admin", "0004_compared"),
    ]

    operations = [
        migrations.AddField(
            model_name="cell",
            name="sampled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="cell",
            name="sampling_error",
            field=models.CharField(
                blank=True,
                help_text="What could not be measured last time, and why.",
                max_length=400,
            ),
        ),
        migrations.AddField(
            model_name="scalingevent",
            name="counts",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.IntegerField(), blank=True, null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="scalingevent",
            name="numbers",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="scalingevent",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("applied", "applied"),
                    ("held", "held"),
                    ("shadow", "only recorded"),
                    ("refused", "refused by the quota"),
                ],
                default="applied",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="scalingevent",
            name="policy_version",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="scalingevent",
            name="step",
            field=models.CharField(
                blank=True, help_text="What decided, of the steps.", max_length=16
            ),
        ),
        migrations.CreateModel(
            name="Shard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("ticked_at", models.DateTimeField(blank=True, null=True)),
                ("lease_holder", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "cell",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shards",
                        to="platform_admin.cell",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Tick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("services", models.BinaryField()),
                ("samples", models.BinaryField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("counts", models.BinaryField(null=True)),
                ("memory", models.BinaryField(null=True)),
                ("told", models.BinaryField(null=True)),
                (
                    "shard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ticks",
                        to="platform_admin.shard",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SampleHour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("offsets", models.BinaryField()),
                ("samples", models.BinaryField()),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sample_hours",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="sample_hour_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "hour"), name="sample_hour_of_service"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScalingPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("off", "off: nothing is decided"),
                            ("shadow", "shadow: what it would do is recorded, nothing is done"),
                            ("on", "on: the count follows"),
                        ],
                        default="shadow",
                        max_length=6,
                    ),
                ),
                ("paused", models.BooleanField(default=False)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("version", models.PositiveBigIntegerField(default=1)),
                (
                    "latency_ms",
                    models.PositiveIntegerField(
                        blank=True, help_text="95th percentile.", null=True
                    ),
                ),
                ("recovery_s", models.PositiveIntegerField(default=30)),
                ("queue", models.CharField(blank=True, max_length=120)),
                ("drain_s", models.PositiveIntegerField(blank=True, null=True)),
                ("jobs_per_worker", models.FloatField(blank=True, null=True)),
                (
                    "metric",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("rate", "requests a second, for each instance"),
                            ("concurrency", "requests in flight, for each instance"),
                        ],
                        max_length=12,
                    ),
                ),
                ("metric_target", models.FloatField(blank=True, null=True)),
                ("tolerance", models.FloatField(default=0.1)),
                ("up_window_s", models.PositiveIntegerField(default=0)),
                ("up_percent", models.PositiveIntegerField(blank=True, default=100, null=True)),
                ("up_instances", models.PositiveIntegerField(blank=True, default=10, null=True)),
                ("up_period_s", models.PositiveIntegerField(default=15)),
                ("up_cooldown_s", models.PositiveIntegerField(default=0)),
                ("down_window_s", models.PositiveIntegerField(default=300)),
                ("down_percent", models.PositiveIntegerField(blank=True, null=True)),
                ("down_instances", models.PositiveIntegerField(blank=True, null=True)),
                ("down_period_s", models.PositiveIntegerField(default=60)),
                ("down_cooldown_s", models.PositiveIntegerField(default=0)),
                (
                    "unknown",
                    models.CharField(
                        choices=[
                            ("hold", "hold: the count stays"),
                            ("floor", "floor: at least so many instances"),
                            ("step", "step: one more each time"),
                        ],
                        default="hold",
                        max_length=5,
                    ),
                ),
                ("unknown_after_s", models.PositiveIntegerField(default=60)),
                ("floor", models.PositiveIntegerField(default=0)),
                (
                    "start_up_s",
                    models.PositiveIntegerField(default=30, help_text="Assumed until measured."),
                ),
                ("start_up_measured_s", models.FloatField(blank=True, null=True)),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("latency_ms__isnull", True), ("latency_ms__gt", 0), _connector="OR"
                        ),
                        name="policy_latency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("drain_s__isnull", True), ("drain_s__gt", 0), _connector="OR"
                        ),
                        name="policy_drain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("jobs_per_worker__isnull", True),
                            ("jobs_per_worker__gt", 0),
                            _connector="OR",
                        ),
                        name="policy_jobs",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("metric", ""), ("metric_target__isnull", True)),
                            models.Q(
                                models.Q(("metric", ""), _negated=True), ("metric_target__gt", 0)
                            ),
                            _connector="OR",
                        ),
                        name="policy_metric",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="shard",
            constraint=models.UniqueConstraint(fields=("cell", "number"), name="shard_of_cell"),
        ),
        migrations.AddConstraint(
            model_name="shard",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__lt", 16)), name="shard_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="tick",
            constraint=models.UniqueConstraint(fields=("shard", "at"), name="tick_of_shard"),
        ),
        migrations.RunPython(add_what_is_missing, migrations.RunPython.noop),
    ]
