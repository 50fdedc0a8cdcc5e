import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rotations of logins beside those of secrets; what is there goes on as it is."""

    dependencies = [
        ("platform_admin", "0022_fetches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="credential",
            name="credential_user",
        ),
        migrations.AddField(
            model_name="credential",
            name="rotation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="credentials",
                to="platform_admin.rotation",
            ),
        ),
        migrations.AddField(
            model_name="rotation",
            name="resource",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rotations",
                to="platform_admin.resource",
            ),
        ),
        migrations.AlterField(
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
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.UniqueConstraint(
                fields=("resource", "user", "rotation"),
                name="credential_user",
                nulls_distinct=False,
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
    ]
