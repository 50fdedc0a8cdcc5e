from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from platform_admin.models import AuditEvent, Team
from platform_admin.verbs import audit
from platform_admin.verbs.actor import SYSTEM

TABLE = "platform_admin_auditevent"


@pytest.fixture
def event(db: None) -> AuditEvent:
    team = Team.objects.create(slug="demo", name="Demo", namespace="demo")
    return audit.record(SYSTEM, "create team", team, team=team, after={"slug": "demo"})


@pytest.fixture
def application(event: AuditEvent) -> Iterator[psycopg.Connection]:
    """The application's own role in the test's database."""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=name) as own:
        yield own


@pytest.mark.parametrize("change", ["UPDATE {} SET verb = 'x'", "DELETE FROM {}"])
def test_nobody_changes_or_deletes_audit_rows_the_owner_neither(
    event: AuditEvent, change: str
) -> None:
    with (
        pytest.raises(DatabaseError, match="The audit is final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(TABLE))

    assert AuditEvent.objects.get().verb == "create team"


@pytest.mark.parametrize(
    "change", ["UPDATE {} SET verb = 'x'", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
def test_the_application_role_may_not_change_the_audit(
    application: psycopg.Connection, change: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"denied|must be own"):
        application.execute(change.format(TABLE))


def test_the_application_role_may_not_take_the_trigger_away(
    application: psycopg.Connection,
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL")


def test_the_application_role_reads_and_adds_audit_rows(application: psycopg.Connection) -> None:
    application.execute(
        f"INSERT INTO {TABLE} (at, actor_name, verb, object_kind, object_name)"
        " VALUES (now(), 'muster', 'test', 'team', 'x')"
    )
    found = application.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    application.rollback()

    assert found == (1,)


def test_the_application_role_writes_every_other_table(application: psycopg.Connection) -> None:
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE"]
    may = " AND ".join(f"has_table_privilege(oid, '{right}')" for right in rights)
    rows = application.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        f" AND relnamespace = 'public'::regnamespace AND NOT ({may})"
    ).fetchall()

    assert rows == [(TABLE,)]


def test_tables_that_come_later_are_the_applications_too(event: AuditEvent) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (n int)")
        cursor.execute(
            "SELECT has_table_privilege(%s, 'later', 'UPDATE')", [settings.APPLICATION_ROLE]
        )
        may = cursor.fetchone()[0]
        cursor.execute(
            "SELECT has_table_privilege(%s, 'later', 'TRUNCATE')", [settings.APPLICATION_ROLE]
        )
        may_empty = cursor.fetchone()[0]

    assert (may, may_empty) == (True, False)
