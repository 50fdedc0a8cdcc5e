"""A postgres that Muster runs. Pure."""

from __future__ import annotations

from jobs.resources.postgres.names import ADMIN, ADMIN_DATABASE, login, logins, owner
from jobs.resources.postgres.properties import properties
from jobs.resources.postgres.spec import PostgresServer, postgres_job

__all__ = [
    "ADMIN",
    "ADMIN_DATABASE",
    "PostgresServer",
    "login",
    "logins",
    "owner",
    "postgres_job",
    "properties",
]
