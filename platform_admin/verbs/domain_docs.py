"""An environment's domains as its file says them, and back."""

from __future__ import annotations

from jobs.document import DomainDoc, PathDoc
from platform_admin.models import Environment


def domain_docs(environment: Environment) -> tuple[DomainDoc, ...]:
    """The domains for an environment's file; those that lead nowhere are not in it."""
    rows = environment.domains.select_related("service", "redirect_to").prefetch_related(
        "paths__service"
    )
    return tuple(
        DomainDoc(
            name=row.host,
            service=row.service.name if row.service else None,
            redirect_to=row.redirect_to.host if row.redirect_to else None,
            permanent=row.permanent,
            only_https=row.only_https,
            paths=tuple(
                PathDoc(path.prefix, path.service.name, path.strips) for path in row.paths.all()
            ),
        )
        for row in rows.order_by("host")
        if row.service_id or row.redirect_to_id
    )
