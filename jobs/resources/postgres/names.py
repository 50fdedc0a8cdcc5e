"""What a postgres' roles are called. No two of these are ever the same role's."""

from __future__ import annotations

ADMIN = "muster_admin"
"""The superuser: Muster's own, whose password no service gets."""

ADMIN_DATABASE = "postgres"
"""Where Muster enters to make the others; no login of a service may."""


def login(service: str) -> str:
    """The role that a service signs in as: one each, in all databases that it is linked to."""
    return f"{service}_login"


def logins(service: str) -> tuple[str, str]:
    """The two roles that a service signs in as by turns; the first one is its first."""
    return login(service), f"{service}_login_b"


def owner(database: str) -> str:
    """The role that owns all of a database, and that its logins act as; nobody signs in as it."""
    return f"{database}_owner"
