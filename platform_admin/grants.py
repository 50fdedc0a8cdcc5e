from __future__ import annotations

from typing import LiteralString

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

AUDIT_TABLE = "platform_admin_auditevent"

GRANTS: tuple[LiteralString, ...] = (
    "GRANT USAGE ON SCHEMA public TO {application}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {application}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {application}",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}",
    "ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {application}",
    "REVOKE ALL ON {audit} FROM {application}",
    "GRANT SELECT, INSERT ON {audit} TO {application}",
)
"""Rows, no tables: TRUNCATE, REFERENCES and TRIGGER stay the owner's; the audit only grows."""


def grant(connection: BaseDatabaseWrapper, application: str) -> bool:
    """Whether the application's role was given its rights on today's and tomorrow's tables.

    False where there is one role only, which owns the tables: the trigger holds there. May be
    repeated.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == application:
            return False
        names = {"application": sql.Identifier(application), "audit": sql.Identifier(AUDIT_TABLE)}
        for statement in GRANTS:
            cursor.execute(sql.SQL(statement).format(**names))
    return True
