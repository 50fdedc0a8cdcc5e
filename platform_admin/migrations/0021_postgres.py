import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Postgres beside redis, what runs elsewhere, databases in one resource, and their dumps."""

    dependencies = [
        ("platform_admin", "0020_domains"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Database",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=63)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Dump",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("database", models.CharField(max_length=63)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("author_name", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("size", models.BigIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="resource",
            name="resource_port_in_cell",
        ),
        migrations.AddField(
            model_name="credential",
            name="dropping",
            field=models.BooleanField(
                default=False,
                help_text="No live release names it, and its server is told to drop it.",
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="database",
            field=models.CharField(blank=True, max_length=31),
        ),
        migrations.AddField(
            model_name="resource",
            name="address",
            field=models.GenericIPAddressField(
                blank=True, help_text="What the host was when it was last resolved.", null=True
            ),
        ),
        migrations.AddField(
            model_name="resource",
            name="changed_at",
            field=models.DateTimeField(
                blank=True, help_text="When what links give of it last changed.", null=True
            ),
        ),
        migrations.AddField(
            model_name="resource",
            name="data_node",
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AddField(
            model_name="resource",
            name="external",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="resource",
            name="host",
            field=models.CharField(blank=True, max_length=253),
        ),
        migrations.AddField(
            model_name="resource",
            name="max_connections",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="resource",
            name="probe_error",
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AddField(
            model_name="resource",
            name="probed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="resource",
            name="version",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name="credential",
            name="user",
            field=models.CharField(default="default", max_length=63),
        ),
        migrations.AlterField(
            model_name="resource",
            name="kind",
            field=models.CharField(
                choices=[("redis", "redis"), ("postgres", "postgres")], max_length=8
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external", False)),
                fields=("cell", "port"),
                name="resource_port_in_cell",
            ),
        ),
        migrations.AddField(
            model_name="database",
            name="resource",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="databases",
                to="platform_admin.resource",
            ),
        ),
        migrations.AddField(
            model_name="dump",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="dump",
            name="resource",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="dumps",
                to="platform_admin.resource",
            ),
        ),
        migrations.AddConstraint(
            model_name="database",
            constraint=models.UniqueConstraint(fields=("resource", "name"), name="database_name"),
        ),
        migrations.AddConstraint(
            model_name="dump",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["waiting", "running"])),
                fields=("resource",),
                name="dump_one_at_a_time",
            ),
        ),
    ]
