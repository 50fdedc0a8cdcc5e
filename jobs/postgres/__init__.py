"""The one door to the postgres servers of apps."""

from __future__ import annotations

from jobs.postgres.door import Login, connect
from jobs.postgres.roles import Role, bring, drop, hand_over

__all__ = ["Login", "Role", "bring", "connect", "drop", "hand_over"]
