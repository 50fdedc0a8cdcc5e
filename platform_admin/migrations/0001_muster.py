from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import platform_admin.models.fraction
from platform_admin.grants import grant

FINAL_AUDIT = """
CREATE FUNCTION muster_audit_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit is final: % of its rows is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER muster_audit_is_final
    BEFORE UPDATE OR DELETE ON platform_admin_auditevent
    FOR EACH ROW EXECUTE FUNCTION muster_audit_is_final();
"""

CHANGEABLE_AUDIT = """
DROP TRIGGER muster_audit_is_final ON platform_admin_auditevent;
DROP FUNCTION muster_audit_is_final();
"""


def grant_application(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    grant(schema_editor.connection, settings.APPLICATION_ROLE)


class Migration(migrations.Migration):
    """All tables at once where there are none; where there are some, what it replaces goes on."""

    replaces = [
        ("platform_admin", "0001_nouns"),
        ("platform_admin", "0002_roles"),
        ("platform_admin", "0003_placed"),
        ("platform_admin", "0004_compared"),
        ("platform_admin", "0005_scaling"),
        ("platform_admin", "0006_start_up"),
        ("platform_admin", "0007_event_age"),
        ("platform_admin", "0008_fault"),
        ("platform_admin", "0009_plurals"),
        ("platform_admin", "0010_scaling_schedules"),
        ("platform_admin", "0011_learned"),
        ("platform_admin", "0012_guard"),
        ("platform_admin", "0013_limits"),
        ("platform_admin", "0014_service_options"),
        ("platform_admin", "0015_logs"),
        ("platform_admin", "0016_suspend"),
        ("platform_admin", "0017_runs"),
        ("platform_admin", "0018_kinds"),
        ("platform_admin", "0019_variables"),
        ("platform_admin", "0020_domains"),
        ("platform_admin", "0021_postgres"),
        ("platform_admin", "0022_fetches"),
        ("platform_admin", "0023_logins"),
    ]

    initial = True

    dependencies = [
        ("auth", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cell",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField(max_length=24, unique=True)),
                ("region", models.CharField(default="global", max_length=64)),
                (
                    "link_form",
                    models.CharField(
                        choices=[
                            ("path", "path of the edge's private port"),
                            ("dns", "name that Consul resolves"),
                        ],
                        default="path",
                        max_length=4,
                    ),
                ),
                (
                    "web_address",
                    models.CharField(
                        blank=True,
                        help_text="Host and port of the edge's public entry point.",
                        max_length=255,
                    ),
                ),
                (
                    "private_address",
                    models.CharField(
                        blank=True,
                        help_text="Host and port of the edge's private entry point.",
                        max_length=255,
                    ),
                ),
                (
                    "tls_entry_point",
                    models.CharField(
                        blank=True,
                        help_text="The edge's entry point for HTTPS; empty: none.",
                        max_length=64,
                    ),
                ),
                (
                    "tls_port",
                    models.PositiveIntegerField(
                        default=443, help_text="The port of that entry point as browsers reach it."
                    ),
                ),
                (
                    "certificate_resolver",
                    models.CharField(
                        blank=True,
                        help_text="What gets certificates at the edge; empty: only uploaded ones.",
                        max_length=64,
                    ),
                ),
                (
                    "domains_lead_to",
                    models.CharField(
                        blank=True,
                        help_text="What DNS has to name; empty: the host of the web address.",
                        max_length=253,
                    ),
                ),
                ("first_port", models.PositiveIntegerField(default=15000)),
                ("last_port", models.PositiveIntegerField(default=19999)),
                (
                    "largest_count",
                    models.PositiveIntegerField(
                        default=1000, help_text="The hull of every job's scaling block."
                    ),
                ),
                ("observed_at", models.DateTimeField(blank=True, null=True)),
                ("observation_error", models.CharField(blank=True, max_length=400)),
                ("sampled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "sampling_error",
                    models.CharField(
                        blank=True,
                        help_text="What could not be measured last time, and why.",
                        max_length=400,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Slug",
            fields=[
                ("slug", models.CharField(max_length=56, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=24, unique=True)),
                ("name", models.CharField(max_length=80)),
                ("namespace", models.CharField(max_length=64, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Artifact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "format",
                    models.CharField(choices=[("tar.gz", "tar.gz"), ("zip", "zip")], max_length=6),
                ),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("filename", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="artifacts",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("team", "sha256"), name="one_artifact_a_hash")
                ],
            },
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("service", "service"),
                            ("resource", "resource"),
                            ("environment", "environment"),
                            ("app", "app"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Where it stood, such as shop/production/web.", max_length=80
                    ),
                ),
                (
                    "done",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="What is gone, in sentences.",
                        size=None,
                    ),
                ),
                (
                    "waits_for",
                    models.TextField(blank=True, help_text="What it waits for now, in a sentence."),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "claims",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="Counts who took it up: an older one stops without writing.",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deletions",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=["due_at"],
                        name="deletion_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="App",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=24, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "deletion",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="apps",
                        to="platform_admin.deletion",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="apps",
                        to="platform_admin.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Environment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=15)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="environments",
                        to="platform_admin.app",
                    ),
                ),
                (
                    "cell",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="environments",
                        to="platform_admin.cell",
                    ),
                ),
                (
                    "deletion",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="environments",
                        to="platform_admin.deletion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("app", "slug"), name="environment_name_in_app")
                ],
            },
        ),
        migrations.CreateModel(
            name="Domain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253, unique=True)),
                (
                    "permanent",
                    models.BooleanField(
                        default=True,
                        help_text="Whether browsers may remember where it redirects to.",
                    ),
                ),
                (
                    "only_https",
                    models.BooleanField(
                        default=True,
                        help_text="Whether HTTP is sent on to HTTPS.",
                        verbose_name="HTTPS only",
                    ),
                ),
                ("token", models.CharField(max_length=43)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("leads_here", models.BooleanField(blank=True, null=True)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("checked_error", models.CharField(blank=True, max_length=400)),
                ("check_at", models.DateTimeField(blank=True, null=True)),
                ("waited_s", models.PositiveIntegerField(default=0)),
                (
                    "certificate",
                    models.TextField(blank=True, help_text="PEM, uploaded; empty: the edge's own."),
                ),
                ("certificate_ends_at", models.DateTimeField(blank=True, null=True)),
                ("sealed_key", models.BinaryField(blank=True, null=True)),
                ("key_id", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "redirect_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="redirected",
                        to="platform_admin.domain",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domains",
                        to="platform_admin.environment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "restores",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="platform_admin.release",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("environment", "number"), name="release_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="Deployment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "queued"),
                            ("emptying", "emptying the idle colours"),
                            ("reserving", "reserving quota"),
                            ("provisioning", "providing resources"),
                            ("commanding", "running release commands"),
                            ("rolling", "rolling out"),
                            ("cleaning", "cleaning up"),
                            ("undoing", "putting back what was live"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(blank=True, help_text="Why it failed, in a sentence.")),
                (
                    "waits_for",
                    models.TextField(blank=True, help_text="What it waits for now, in a sentence."),
                ),
                (
                    "proof",
                    models.TextField(blank=True, help_text="The log lines that prove the reason."),
                ),
                (
                    "restart",
                    models.BooleanField(
                        default=False,
                        help_text="Brings up again what is live: no release command, no resources.",
                    ),
                ),
                ("cancel_requested", models.BooleanField(default=False)),
                ("cancel_reason", models.CharField(blank=True, max_length=200)),
                (
                    "state_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Since when it is in its state, outages not counted.",
                        null=True,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "due_at",
                    models.DateTimeField(
                        blank=True, help_text="Not worked on before this.", null=True
                    ),
                ),
                ("lease_holder", models.CharField(blank=True, max_length=64)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deployments",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deployments",
                        to="platform_admin.release",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=15)),
                (
                    "kind",
                    models.CharField(
                        choices=[("redis", "redis"), ("postgres", "postgres")], max_length=8
                    ),
                ),
                ("cpu_mhz", models.PositiveIntegerField(default=100)),
                ("memory_mb", models.PositiveIntegerField(default=64)),
                (
                    "placed_cpu_mhz",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="What Nomad was last asked to run; 0 where nothing was.",
                    ),
                ),
                ("placed_memory_mb", models.PositiveIntegerField(default=0)),
                ("port", models.PositiveIntegerField()),
                ("start_limit_s", models.PositiveIntegerField(default=60)),
                ("version", models.CharField(blank=True, max_length=20)),
                ("max_connections", models.PositiveIntegerField(blank=True, null=True)),
                ("data_node", models.CharField(blank=True, max_length=128)),
                ("external", models.BooleanField(default=False)),
                ("host", models.CharField(blank=True, max_length=253)),
                (
                    "address",
                    models.GenericIPAddressField(
                        blank=True,
                        help_text="What the host was when it was last resolved.",
                        null=True,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        blank=True, help_text="When what links give of it last changed.", null=True
                    ),
                ),
                ("probed_at", models.DateTimeField(blank=True, null=True)),
                ("probe_error", models.CharField(blank=True, max_length=400)),
                (
                    "cell",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="platform_admin.cell",
                    ),
                ),
                (
                    "deletion",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="platform_admin.deletion",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "slug_row",
                    models.OneToOneField(
                        db_column="slug",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="platform_admin.slug",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("environment", "name"), name="resource_name"),
                    models.UniqueConstraint(
                        condition=models.Q(("external", False)),
                        fields=("cell", "port"),
                        name="resource_port_in_cell",
                    ),
                ],
            },
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
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dumps",
                        to="platform_admin.resource",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("resource",),
                        name="dump_one_at_a_time",
                    )
                ],
            },
        ),
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
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="databases",
                        to="platform_admin.resource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("resource", "name"), name="database_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Rotation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deployments",
                    models.ManyToManyField(
                        blank=True, related_name="rotations", to="platform_admin.deployment"
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rotations",
                        to="platform_admin.resource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user", models.CharField(default="default", max_length=63)),
                ("sealed", models.BinaryField()),
                ("key_id", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dropping",
                    models.BooleanField(
                        default=False,
                        help_text="No live release names it, and its server is told to drop it.",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="platform_admin.resource",
                    ),
                ),
                (
                    "rotation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="platform_admin.rotation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("resource", "user", "rotation"),
                        name="credential_user",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecretVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("key_id", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="rotation",
            name="version",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rotation",
                to="platform_admin.secretversion",
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=15)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("web", "web: public, behind the edge"),
                            ("private", "private: inside only"),
                            ("worker", "worker: takes jobs from a queue"),
                            ("cron", "cron: runs by the clock"),
                            ("singleton", "singleton: exactly one, also across releases"),
                            ("static", "static: files, behind the edge"),
                        ],
                        max_length=10,
                    ),
                ),
                ("image", models.CharField(blank=True, max_length=300)),
                (
                    "command",
                    models.TextField(
                        blank=True, help_text="One line, split as a shell splits words."
                    ),
                ),
                ("release_command", models.TextField(blank=True)),
                ("port", models.PositiveIntegerField(blank=True, null=True)),
                ("health_path", models.CharField(blank=True, max_length=200)),
                ("cpu_mhz", models.PositiveIntegerField(default=100)),
                ("memory_mb", models.PositiveIntegerField(default=128)),
                ("start_limit_s", models.PositiveIntegerField(default=120)),
                ("kill_timeout_s", models.PositiveIntegerField(default=30)),
                (
                    "protocol",
                    models.CharField(
                        blank=True, choices=[("tcp", "TCP")], help_text="Empty: HTTP.", max_length=4
                    ),
                ),
                (
                    "ports",
                    models.JSONField(
                        blank=True, default=dict, help_text="Further ports, numbers by name."
                    ),
                ),
                ("check_interval_s", models.PositiveIntegerField(blank=True, null=True)),
                ("check_timeout_s", models.PositiveIntegerField(blank=True, null=True)),
                ("user", models.CharField(blank=True, max_length=64)),
                ("memory_max_mb", models.PositiveIntegerField(blank=True, null=True)),
                ("disk_mb", models.PositiveIntegerField(blank=True, null=True)),
                ("drain_s", models.PositiveIntegerField(blank=True, null=True)),
                ("kill_signal", models.CharField(blank=True, max_length=8)),
                (
                    "constraints",
                    models.JSONField(
                        blank=True, default=list, help_text="A list of attribute, operator, value."
                    ),
                ),
                ("spread", models.CharField(blank=True, max_length=100)),
                (
                    "restart",
                    models.JSONField(
                        blank=True,
                        help_text="attempts, interval_s, delay_s; null: Muster's own.",
                        null=True,
                    ),
                ),
                ("schedule", models.CharField(blank=True, max_length=100)),
                ("time_zone", models.CharField(blank=True, max_length=64)),
                ("time_limit_s", models.PositiveIntegerField(blank=True, null=True)),
                ("fallback", models.CharField(blank=True, max_length=200)),
                (
                    "redirects",
                    models.JSONField(
                        blank=True, default=list, help_text="A list of path, to, status."
                    ),
                ),
                (
                    "headers",
                    models.JSONField(
                        blank=True, default=list, help_text="A list of path, name, value."
                    ),
                ),
                ("minimum", models.PositiveIntegerField(default=1)),
                ("maximum", models.PositiveIntegerField(default=1)),
                ("desired", models.PositiveIntegerField(default=1)),
                ("desired_version", models.PositiveBigIntegerField(default=0)),
                ("desired_at", models.DateTimeField(blank=True, null=True)),
                ("override_until", models.DateTimeField(blank=True, null=True)),
                (
                    "override_from",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="What `desired` goes back to when the override ends.",
                        null=True,
                    ),
                ),
                ("override_reason", models.CharField(blank=True, max_length=200)),
                (
                    "suspended_at",
                    models.DateTimeField(
                        blank=True,
                        editable=False,
                        help_text="Since when no instance may run.",
                        null=True,
                    ),
                ),
                (
                    "in_flight_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        editable=False,
                        help_text="Written by the scaler's guard.",
                        null=True,
                    ),
                ),
                (
                    "artifact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="platform_admin.artifact",
                    ),
                ),
                (
                    "deletion",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="platform_admin.deletion",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="services",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "slug_row",
                    models.OneToOneField(
                        db_column="slug",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="platform_admin.slug",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("suspended_at__isnull", True),
                            models.Q(("desired", 0), ("override_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="service_suspended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("in_flight_limit__isnull", True),
                            ("in_flight_limit__gt", 0),
                            _connector="OR",
                        ),
                        name="service_in_flight_limit",
                    ),
                    models.UniqueConstraint(fields=("environment", "name"), name="service_name"),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__lte", models.F("maximum"))),
                        name="service_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("port__isnull", True),
                            models.Q(("port__gte", 1), ("port__lte", 65535)),
                            _connector="OR",
                        ),
                        name="service_port",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ("web", "private", "static")), ("port__isnull", False)
                            ),
                            models.Q(
                                models.Q(("kind__in", ("web", "private", "static")), _negated=True),
                                ("port__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="service_port_by_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("artifact__isnull", False), ("image", "")),
                            ("artifact__isnull", True),
                            _connector="OR",
                        ),
                        name="service_one_source",
                    ),
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
                    "strategy",
                    models.CharField(
                        choices=[
                            ("learned", "learned: what its own load teaches"),
                            ("fixed", "fixed: rules that are set by hand"),
                        ],
                        default="learned",
                        max_length=7,
                    ),
                ),
                (
                    "late_price",
                    models.FloatField(
                        default=0.2, help_text="What a late request is worth, in instance-seconds."
                    ),
                ),
                (
                    "latency_ms",
                    models.PositiveIntegerField(
                        blank=True, help_text="95th percentile.", null=True
                    ),
                ),
                (
                    "guard_s",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="What would wait longer is answered with 429 at once.",
                        null=True,
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
                (
                    "time_zone",
                    models.CharField(blank=True, help_text="Empty: the platform's.", max_length=64),
                ),
                ("windows", models.JSONField(blank=True, default=list)),
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
                "verbose_name_plural": "scaling policies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("late_price__gt", 0)), name="policy_late_price"
                    ),
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
                            ("guard_s__isnull", True), ("guard_s__gt", 0), _connector="OR"
                        ),
                        name="policy_guard",
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
        migrations.CreateModel(
            name="ScalingEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("person", "a person"),
                            ("outside", "another hand in Nomad"),
                            ("policy", "the scaler"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
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
                ("before", models.PositiveIntegerField()),
                ("after", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=300)),
                (
                    "step",
                    models.CharField(
                        blank=True, help_text="What decided, of the steps.", max_length=16
                    ),
                ),
                ("policy_version", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, null=True, size=None
                    ),
                ),
                ("numbers", models.JSONField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scaling_events",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["service", "-at"], name="scaling_event_recent"),
                    django.contrib.postgres.indexes.BrinIndex(
                        fields=["at"], name="scaling_event_age"
                    ),
                ],
            },
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "hour"), name="sample_hour_of_service"
                    )
                ],
                "indexes": [models.Index(fields=["hour"], name="sample_hour_age")],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clock", "by the clock"),
                            ("hand", "by hand"),
                            ("once", "one-off command"),
                            ("release", "release command"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked for"),
                            ("waiting", "waiting for a place"),
                            ("running", "running"),
                            ("succeeded", "succeeded"),
                            ("failed", "failed"),
                            ("overdue", "out of time"),
                            ("cancelled", "cancelled"),
                            ("skipped", "skipped"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("command", models.TextField(help_text="As it was typed, on one line.")),
                (
                    "job",
                    models.CharField(
                        blank=True, help_text="Its job in Nomad, once known.", max_length=120
                    ),
                ),
                ("allocation", models.CharField(blank=True, max_length=36)),
                ("limit_s", models.PositiveIntegerField()),
                ("launch_at", models.DateTimeField(help_text="When it was to start.")),
                (
                    "tried_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When Nomad was asked to start it; it is asked once.",
                        null=True,
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("exit_code", models.IntegerField(blank=True, null=True)),
                (
                    "reason",
                    models.TextField(
                        blank=True, help_text="What it waits for, or why it ended so."
                    ),
                ),
                ("cancelled_by", models.CharField(blank=True, max_length=150)),
                ("log", models.TextField(blank=True, help_text="The end of what it wrote.")),
                (
                    "log_cut",
                    models.PositiveIntegerField(
                        default=0, help_text="Bytes before that, not kept."
                    ),
                ),
                (
                    "tidied_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When its job and values were taken out of Nomad.",
                        null=True,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deployment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="platform_admin.deployment",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="platform_admin.release",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "ordering": ["-launch_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("job", ""), _negated=True),
                        fields=("service", "job"),
                        name="run_of_job",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "clock")),
                        fields=("service", "launch_at"),
                        name="one_run_a_launch",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["service", "-launch_at"], name="run_newest"),
                    models.Index(fields=["tidied_at"], name="run_untidied"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rollout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "live",
                    models.CharField(
                        blank=True,
                        choices=[("blue", "blue"), ("green", "green")],
                        max_length=5,
                        null=True,
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[("blue", "blue"), ("green", "green")],
                        help_text="What was live when the deployment under way began.",
                        max_length=5,
                        null=True,
                    ),
                ),
                (
                    "new",
                    models.CharField(
                        choices=[("blue", "blue"), ("green", "green")], default="blue", max_length=5
                    ),
                ),
                ("at", platform_admin.models.fraction.FractionField(default="0", max_length=24)),
                ("next", platform_admin.models.fraction.FractionField(default="0", max_length=24)),
                ("moving", models.BooleanField(default=False)),
                ("state", models.CharField(default="rest", max_length=12)),
                ("state_at", models.DateTimeField(blank=True, null=True)),
                ("hold", models.PositiveIntegerField(default=0)),
                ("version", models.PositiveBigIntegerField(default=0)),
                (
                    "deployment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rollouts",
                        to="platform_admin.deployment",
                    ),
                ),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rollout",
                        to="platform_admin.service",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Path",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prefix", models.CharField(max_length=200)),
                (
                    "strips",
                    models.BooleanField(
                        default=False,
                        help_text="Whether the service sees the path without it.",
                        verbose_name="take it off",
                    ),
                ),
                (
                    "domain",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paths",
                        to="platform_admin.domain",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="paths",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("domain", "prefix"), name="path_of_domain")
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("variable", models.CharField(max_length=80)),
                ("property", models.CharField(default="url", max_length=20)),
                ("database", models.CharField(blank=True, max_length=31)),
                (
                    "to_resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="platform_admin.resource",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="platform_admin.service",
                    ),
                ),
                (
                    "to_service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="callers",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service", "variable"), name="link_variable"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("to_service__isnull", True),
                            ("to_resource__isnull", True),
                            _connector="XOR",
                        ),
                        name="link_has_one_target",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Launches",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checked_until", models.DateTimeField()),
                (
                    "service",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="launches",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "launches",
            },
        ),
        migrations.CreateModel(
            name="Instance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("allocation", models.CharField(max_length=36, unique=True)),
                ("job", models.CharField(max_length=80)),
                ("colour", models.CharField(blank=True, max_length=5)),
                ("number", models.PositiveIntegerField(help_text="Nomad's allocation index.")),
                ("release", models.PositiveIntegerField(null=True)),
                ("node", models.CharField(max_length=120)),
                ("address", models.CharField(blank=True, max_length=64)),
                ("port", models.PositiveIntegerField(null=True)),
                ("desired_status", models.CharField(max_length=16)),
                ("client_status", models.CharField(max_length=16)),
                ("healthy", models.BooleanField(default=False)),
                ("draining", models.BooleanField(default=False)),
                ("ended", models.BooleanField(default=False)),
                ("restarts", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ready_after_s",
                    models.FloatField(
                        help_text="From its creation until it was first seen healthy.", null=True
                    ),
                ),
                (
                    "draining_at",
                    models.DateTimeField(
                        help_text="When a healthy one was first seen told to stop, if that was watched.",
                        null=True,
                    ),
                ),
                ("last_event", models.TextField(blank=True)),
                ("seen_at", models.DateTimeField()),
                (
                    "cell",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="platform_admin.cell",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instances",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instances",
                        to="platform_admin.resource",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instances",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["service", "colour"], name="instance_of_colour")],
            },
        ),
        migrations.CreateModel(
            name="Fault",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stop", "STOP"),
                            ("kill", "KILL"),
                            ("cut", "CUT"),
                            ("silence", "SILENCE"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="It ends by itself then at the latest.")),
                ("actor_name", models.CharField(max_length=150)),
                ("job", models.CharField(blank=True, max_length=80)),
                ("allocation", models.CharField(blank=True, max_length=36)),
                ("number", models.PositiveIntegerField(null=True)),
                ("replaced_by", models.CharField(blank=True, max_length=36)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "refused",
                    models.CharField(blank=True, help_text="Why nothing was done.", max_length=400),
                ),
                ("failed", models.PositiveIntegerField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faults",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["service", "-at"], name="fault_recent")],
            },
        ),
        migrations.AddField(
            model_name="domain",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="domains",
                to="platform_admin.service",
            ),
        ),
        migrations.CreateModel(
            name="DeploymentStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("done", "done"), ("failed", "failed")],
                        default="running",
                        max_length=8,
                    ),
                ),
                ("output", models.TextField(blank=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deployment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="platform_admin.deployment",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "ordering": ["started_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("deployment", "service", "name"),
                        name="one_row_a_step",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="deployment",
            name="services",
            field=models.ManyToManyField(
                blank=True, related_name="deployments", to="platform_admin.service"
            ),
        ),
        migrations.CreateModel(
            name="Colour",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "colour",
                    models.CharField(choices=[("blue", "blue"), ("green", "green")], max_length=5),
                ),
                ("acknowledged", models.PositiveIntegerField(blank=True, default=0, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("at_most", models.PositiveIntegerField(default=0)),
                ("mark", models.PositiveBigIntegerField(default=0)),
                ("index", models.PositiveBigIntegerField(default=0)),
                ("verified", models.BooleanField(default=False)),
                ("bears_slug", models.BooleanField(default=False)),
                ("stand_by", models.PositiveIntegerField(default=0)),
                ("job", models.JSONField(blank=True, null=True)),
                ("drift", models.CharField(blank=True, max_length=300)),
                (
                    "compared_at",
                    models.DateTimeField(
                        blank=True, help_text="When `job` was last held against Nomad's.", null=True
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="platform_admin.release",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="colours",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service", "colour"), name="colour_of_service")
                ],
            },
        ),
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("cell", "number"), name="shard_of_cell"),
                    models.CheckConstraint(
                        condition=models.Q(("number__lt", 16)), name="shard_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Learned",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("state", models.BinaryField()),
                (
                    "shard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="learned",
                        to="platform_admin.shard",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "learned states",
            },
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("desired", models.PositiveIntegerField()),
                ("instances", models.PositiveIntegerField()),
                ("cpu_mhz", models.PositiveIntegerField()),
                ("memory_mb", models.PositiveIntegerField()),
                (
                    "resource",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservation",
                        to="platform_admin.resource",
                    ),
                ),
                (
                    "run",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservation",
                        to="platform_admin.run",
                    ),
                ),
                (
                    "service",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservation",
                        to="platform_admin.service",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("resource__isnull", True),
                                ("run__isnull", True),
                                ("service__isnull", False),
                            ),
                            models.Q(
                                ("resource__isnull", False),
                                ("run__isnull", True),
                                ("service__isnull", True),
                            ),
                            models.Q(
                                ("resource__isnull", True),
                                ("run__isnull", False),
                                ("service__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="reservation_has_one_owner",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Quota",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("instances", models.PositiveIntegerField(default=20)),
                ("cpu_mhz", models.PositiveIntegerField(default=4000)),
                ("memory_mb", models.PositiveIntegerField(default=4096)),
                ("surge_percent", models.PositiveIntegerField(default=25)),
                (
                    "team",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="quota",
                        to="platform_admin.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner"),
                            ("developer", "developer"),
                            ("viewer", "viewer"),
                        ],
                        default="developer",
                        max_length=9,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("team", "user"), name="one_membership_a_person")
                ],
            },
        ),
        migrations.CreateModel(
            name="Fetch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address", models.CharField(max_length=500)),
                ("ref", models.CharField(blank=True, max_length=200)),
                ("folder", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="waiting",
                        max_length=9,
                    ),
                ),
                ("author_name", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("beat_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("received", models.BigIntegerField(default=0)),
                ("doing", models.CharField(blank=True, max_length=40)),
                ("error", models.CharField(blank=True, max_length=400)),
                ("commit", models.CharField(blank=True, max_length=40)),
                (
                    "artifact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fetches",
                        to="platform_admin.artifact",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fetches",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "fetches",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(
                                ("artifact__isnull", False), models.Q(("commit", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="fetch_done_has_artifact",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_name", models.CharField(max_length=150)),
                ("verb", models.CharField(max_length=40)),
                ("object_kind", models.CharField(max_length=40)),
                ("object_name", models.CharField(max_length=200)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="platform_admin.team",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["team", "-at"], name="audit_of_team")],
            },
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("shard", "at"), name="tick_of_shard")
                ],
            },
        ),
        migrations.CreateModel(
            name="Variable",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("secret", models.BooleanField(default=False)),
                ("value", models.TextField(blank=True)),
                ("removed", models.BooleanField(default=False)),
                (
                    "app",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variables",
                        to="platform_admin.app",
                    ),
                ),
                (
                    "environment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variables",
                        to="platform_admin.environment",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="variables",
                        to="platform_admin.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("app", "environment", "service", "name", "secret"),
                        name="variable_of_a_sort",
                        nulls_distinct=False,
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed", False)),
                        fields=("app", "environment", "service", "name"),
                        name="variable_name",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("app__isnull", True), ("environment__isnull", True), _connector="XOR"
                        ),
                        name="variable_is_of_an_app_or_an_environment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("service__isnull", True),
                            ("environment__isnull", False),
                            _connector="OR",
                        ),
                        name="service_variable_has_an_environment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("removed", False), ("secret", True), _connector="OR"),
                        name="only_secrets_are_removed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("secret", False), ("value", ""), _connector="OR"),
                        name="secret_has_no_plain_value",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="secretversion",
            name="variable",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="platform_admin.variable",
            ),
        ),
        migrations.AddConstraint(
            model_name="rotation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("version__isnull", True), ("resource__isnull", True), _connector="XOR"
                ),
                name="rotation_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="domain",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("service__isnull", True), ("redirect_to__isnull", True), _connector="OR"
                ),
                name="domain_leads_or_redirects",
            ),
        ),
        migrations.AddIndex(
            model_name="deployment",
            index=models.Index(fields=["state", "due_at"], name="deployment_due"),
        ),
        migrations.AddConstraint(
            model_name="deployment",
            constraint=models.UniqueConstraint(
                fields=("environment", "number"), name="deployment_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="secretversion",
            constraint=models.UniqueConstraint(
                fields=("variable", "number"), name="secret_version"
            ),
        ),
        migrations.RunSQL(FINAL_AUDIT, CHANGEABLE_AUDIT),
        migrations.RunPython(grant_application, migrations.RunPython.noop),
    ]
