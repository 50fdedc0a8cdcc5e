"""The domains of services as the edge's rules, from their rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from jobs.document.types import PUBLIC
from jobs.edge import DomainRoute, Https, RedirectRoute
from platform_admin.models import Cell, Domain, Environment, Path, Service

_READ = ("environment__cell", "service", "redirect_to")


@dataclass(frozen=True)
class Domains:
    """What leads to a service beside its own address, and what redirects to that."""

    routes: tuple[DomainRoute, ...] = ()
    redirects: tuple[RedirectRoute, ...] = ()


NONE = Domains()


def of_service(service: Service) -> Domains:
    """The domains of one service."""
    return _read(Q(environment=service.environment_id)).get(service.pk, NONE)


def of_environment(environment_id: int) -> dict[int, Domains]:
    """The domains of an environment by service; of services without any nothing."""
    return _read(Q(environment=environment_id))


def of_all() -> dict[int, Domains]:
    """The domains of all services by service, in two queries."""
    return _read(Q())


def first_address(environment: Environment, name: str) -> str:
    """The base URL of the domain that a service of this name had first; "" without one."""
    found = Domain.objects.filter(
        environment=environment, service__name=name, accepted_at__isnull=False
    )
    first = found.select_related(*_READ).order_by("pk").first()
    return base_url(first) if first else ""


def base_url(domain: Domain) -> str:
    """Where people reach a domain, without a slash at its end."""
    cell = domain.environment.cell
    secure = https(domain)
    scheme, usual = ("https", "443") if secure else ("http", "80")
    port = str(secure.port) if secure else cell.web_address.rpartition(":")[2] or usual
    return f"{scheme}://{domain.host}" + ("" if port == usual else f":{port}")


def https(domain: Domain) -> Https | None:
    """How the edge answers a domain by HTTPS; None where it has no certificate for that."""
    cell: Cell = domain.environment.cell
    if not cell.tls_entry_point or not (domain.certificate or cell.certificate_resolver):
        return None
    resolver = "" if domain.certificate else cell.certificate_resolver
    return Https(cell.tls_entry_point, cell.tls_port, resolver)


def _read(which: Q) -> dict[int, Domains]:
    """A domain whose service is gone, or is public no more, leads nowhere."""
    routes: dict[int, list[DomainRoute]] = defaultdict(list)
    redirects: dict[int, list[RedirectRoute]] = defaultdict(list)
    known = {
        domain.pk: domain
        for domain in Domain.objects.filter(which, accepted_at__isnull=False)
        .select_related(*_READ)
        .order_by("pk")
    }
    for domain in known.values():
        target = known.get(domain.redirect_to_id or 0)
        if domain.service and domain.service.kind in PUBLIC:
            routes[domain.service.pk].append(_route(domain))
        elif target and target.service and target.service.kind in PUBLIC:
            redirects[target.service.pk].append(_redirect(domain, target))
    paths = Path.objects.filter(domain__in=list(known), service__kind__in=PUBLIC)
    for path in paths.order_by("pk") if known else ():
        routes[path.service_id].append(_route(known[path.domain_id], path.prefix, path.strips))
    return {
        key: Domains(tuple(routes[key]), tuple(redirects[key])) for key in {*routes, *redirects}
    }


def _route(domain: Domain, prefix: str = "/", strips: bool = False) -> DomainRoute:
    return DomainRoute(domain.host, prefix, strips, https(domain), domain.only_https)


def _redirect(domain: Domain, target: Domain) -> RedirectRoute:
    return RedirectRoute(domain.host, base_url(target), domain.permanent, https(domain))
