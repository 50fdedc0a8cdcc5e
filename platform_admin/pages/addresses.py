"""Where a service is reached: by people, and by the other services."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.deploy.domains import base_url
from jobs.deploy.preview import address, address_by_port
from jobs.document import ServiceDoc
from jobs.document.types import PUBLIC, Protocol
from platform_admin.models import Service


@dataclass(frozen=True)
class Addresses:
    """`public` is what people open, `by_port` the same for browsers without the apps' domain.

    `inside` is what links give to other services. Each is "" where there is none.
    """

    public: str = ""
    by_port: str = ""
    inside: str = ""


def of_service(service: Service) -> Addresses:
    """The addresses of a service, the same before it is live and after."""
    if service.port is None:
        return Addresses()
    protocol: Protocol | None = "tcp" if service.protocol == "tcp" else None
    doc = ServiceDoc(service.name, service.kind, port=service.port, protocol=protocol)
    found = address(service.environment, doc)
    if service.kind not in PUBLIC:
        return Addresses(inside=found)
    return Addresses(
        public=_of_domain(service) or found, by_port=address_by_port(service.environment, doc)
    )


def _of_domain(service: Service) -> str:
    """The address of the domain that it had first, "" without one; a list has them prefetched."""
    domains = service.domains.all()
    # One that its DNS does not lead here yet is nowhere to send people to.
    routed = [each for each in domains if each.accepted_at and each.leads_here is not False]
    if not routed:
        return ""
    first = min(routed, key=lambda domain: domain.pk)
    first.environment = service.environment
    return base_url(first)
