from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User


@dataclass(frozen=True)
class Actor:
    """Who calls a verb, and from where; without a user it is the platform itself."""

    user: User | None
    address: str | None = None

    @property
    def name(self) -> str:
        """How the audit calls this actor."""
        return self.user.get_username() if self.user else "muster"

    @property
    def operator(self) -> bool:
        """Whether the actor stands above teams."""
        return self.user is None or (self.user.is_active and self.user.is_superuser)


SYSTEM = Actor(user=None)
