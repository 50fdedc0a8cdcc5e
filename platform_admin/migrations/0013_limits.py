import django.db.models.deletion
from django.db import migrations, models

KEEP = """
INSERT INTO platform_admin_servicelimits
    (service_id, release, start_up_s, start_ups, stops, confidence)
SELECT policy.service_id, release.number, policy.start_up_measured_s, 1, 0, 0
FROM platform_admin_scalingpolicy AS policy
JOIN platform_admin_rollout AS rollout ON rollout.service_id = policy.service_id
JOIN platform_admin_colour AS colour
    ON colour.service_id = policy.service_id AND colour.colour = rollout.live
JOIN platform_admin_release AS release ON release.id = colour.release_id
WHERE policy.start_up_measured_s IS NOT NULL
"""
PUT_BACK = """
UPDATE platform_admin_scalingpolicy AS policy
SET start_up_measured_s = newest.start_up_s
FROM (
    SELECT DISTINCT ON (service_id) service_id, start_up_s
    FROM platform_admin_servicelimits
    WHERE start_up_s IS NOT NULL
    ORDER BY service_id, release DESC
) AS newest
WHERE newest.service_id = policy.service_id
"""


class Migration(migrations.Migration):
    """What was measured of a service is of one release; a start-up time goes to the live one."""

    dependencies = [
        ("platform_admin", "0012_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceLimits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "release",
                    models.PositiveIntegerField(help_text="The number in its environment."),
                ),
                ("start_up_s", models.FloatField(blank=True, null=True)),
                ("start_ups", models.PositiveIntegerField(default=0)),
                ("stop_s", models.FloatField(blank=True, null=True)),
                ("stops", models.PositiveIntegerField(default=0)),
                ("holds", models.FloatField(blank=True, null=True)),
                ("confidence", models.FloatField(default=0.0)),
                ("held_at", models.DateTimeField(blank=True, null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "service limits",
                "verbose_name_plural": "service limits",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "release"), name="limits_of_release"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                        name="limits_confidence",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, PUT_BACK),
        migrations.RemoveField(model_name="scalingpolicy", name="start_up_measured_s"),
        migrations.AddField(
            model_name="instance",
            name="draining_at",
            field=models.DateTimeField(
                help_text="When a healthy one was first seen told to stop, if that was watched.",
                null=True,
            ),
        ),
    ]
