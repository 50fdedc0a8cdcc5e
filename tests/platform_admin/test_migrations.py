from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from platform_admin.grants import grant
from platform_admin.models import ScalingPolicy
from tests.platform_admin.verbs.conftest import kept_world, state, world
from tests.platform_admin.verbs.world import World

__all__ = ["kept_world", "state", "world"]

APP = "platform_admin"


# What a table is, but for the order of its columns.
TABLES = """
SELECT table_name, column_name, data_type || ' ' || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_name LIKE 'platform_admin_%'
UNION ALL
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'platform_admin_%'
UNION ALL
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid::regclass::text LIKE 'platform_admin_%'
UNION ALL
SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""


def tables() -> set[tuple[str, ...]]:
    """Columns, indexes, constraints and triggers."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return set(cursor.fetchall())


def one_by_one() -> MigrationExecutor:
    """What migrates by the small steps that the first migration replaces."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    return executor


def migrated(executor: MigrationExecutor, to: tuple[str, str | None]) -> None:
    """Brings the tables to this migration, or takes them away; checks before what is deferred."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor.migrate([to])


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


@pytest.mark.full
@pytest.mark.django_db
def test_policies_that_were_there_stay_with_their_fixed_rules(world: World) -> None:
    before = world.service("web")
    newest = one_by_one().loader.graph.leaf_nodes(APP)[-1]
    migrated(one_by_one(), (APP, "0010_scaling_schedules"))
    migrated(one_by_one(), newest)
    assert ScalingPolicy.objects.get(service=before).strategy == "fixed"
    assert ScalingPolicy.objects.get(service=world.service("api")).strategy == "learned"


@pytest.mark.full
@pytest.mark.django_db
def test_one_by_one_the_migrations_come_to_the_same_tables() -> None:
    at_once = tables()
    newest = one_by_one().loader.graph.leaf_nodes(APP)[-1]
    migrated(MigrationExecutor(connection), (APP, None))
    assert not tables()
    migrated(one_by_one(), newest)
    assert tables() == at_once
