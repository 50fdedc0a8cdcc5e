from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Model

from platform_admin.models import AuditEvent, Team
from platform_admin.verbs.actor import Actor


def record(
    actor: Actor,
    verb: str,
    about: Model,
    *,
    team: Team | None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Writes the audit row of a change, in the transaction of the change itself.

    `before` and `after` are what a reader needs to see; a secret's value never stands there.
    """
    return AuditEvent.objects.create(
        actor=actor.user,
        actor_name=actor.name,
        verb=verb,
        team=team,
        object_kind=about._meta.model_name or "",
        object_name=str(about)[:200],
        before=None if before is None else dict(before),
        after=None if after is None else dict(after),
        address=actor.address,
    )
