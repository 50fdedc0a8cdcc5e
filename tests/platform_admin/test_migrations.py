from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from platform_admin.grants import grant
from platform_admin.models import ScalingPolicy
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

APP = "platform_admin"


def migrated(*names: str) -> None:
    """Brings the tables to this migration; what is deferred is checked before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate([(APP, name) for name in names])


@pytest.mark.django_db
def test_the_migrations_are_what_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db
def test_where_there_is_one_role_only_nothing_is_granted() -> None:
    assert grant(connection, str(connection.settings_dict["USER"])) is False


@pytest.mark.django_db
def test_granting_twice_is_harmless() -> None:
    assert grant(connection, settings.APPLICATION_ROLE)
    assert grant(connection, settings.APPLICATION_ROLE)


@pytest.mark.django_db
def test_policies_that_were_there_stay_with_their_fixed_rules(world: World) -> None:
    before = world.service("web")
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes(APP)[0][1]
    migrated("0010_scaling_schedules")
    migrated(newest)
    assert ScalingPolicy.objects.get(service=before).strategy == "fixed"
    assert ScalingPolicy.objects.get(service=world.service("api")).strategy == "learned"
