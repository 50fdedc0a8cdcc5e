from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connections

from platform_admin.grants import grant


class Command(migrate.Command):
    """Django's own, which then gives the application's role its rights again.

    So a role that is named later gets them too.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if _has_audit(options):
            grant(connections[options["database"]], settings.APPLICATION_ROLE)


def _has_audit(options: dict[str, Any]) -> bool:
    """Whether all of it was migrated: with a target, the audit's table may be gone."""
    return not (options["app_label"] or options["plan"] or options["check_unapplied"])
