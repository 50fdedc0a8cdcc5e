from __future__ import annotations

from typing import Literal, cast

from django.conf import settings

from jobs.deploy.domains import Domains, of_service
from jobs.deploy.routing import routing
from jobs.deploy.rows import ServiceRows
from jobs.document.types import PUBLIC
from jobs.edge import ServiceRoutes, tree
from platform_admin.rules.signed import signed


def wanted_tree(loaded: ServiceRows, domains: Domains | None = None) -> dict[str, str]:
    """The edge's keys of a service behind it, from its rows alone; none of any other.

    Its `domains` are looked up where they are not given.
    """
    service = loaded.service
    if not service.behind_edge:
        return {}
    if domains is None:
        domains = of_service(service)
    layers = routing(loaded.rollout, loaded.blue, loaded.green)
    return tree(
        ServiceRoutes(
            slug=service.slug,
            kind=cast(Literal["web", "private", "static"], service.kind),
            app=service.environment.app.slug,
            environment=service.environment.slug,
            service=service.name,
            live=layers.live,
            share=None if layers.share is None else float(layers.share),
            new=layers.new,
            other=layers.other,
            smoke=layers.smoke,
            apps_domain=settings.MUSTER_APPS_DOMAIN,
            fallback=signed(service.slug, settings.SECRET_KEY),
            in_flight=service.in_flight_limit,
            domains=domains.routes,
            redirects=domains.redirects,
        ),
        muster_url=settings.MUSTER_URL,
    )


def first_host(loaded: ServiceRows) -> str:
    """The host that a service's first rule asks for, which the smoke test uses.

    Never a domain: those come and go, and neither a test nor a check may hang on them.
    """
    service = loaded.service
    if service.kind in PUBLIC:
        return f"{service.slug}.{settings.MUSTER_APPS_DOMAIN}"
    environment = service.environment
    return f"{service.name}.{environment.app.slug}-{environment.slug}.query.consul"
