"""A document out of JSON values; what does not fit is named with its path."""

from __future__ import annotations

from typing import Any

from jobs.document import types
from jobs.document.error import DocumentError
from jobs.document.fields import A_NAME, APP, NAME, Fields, mapping, names_of
from jobs.document.read_domain import HOST, check_domains, domain
from jobs.document.read_service import service
from jobs.document.types import Document, ResourceDoc, ServiceDoc
from jobs.document.write import FORMAT

PARTS = ("format", "app", "domains", "environment", "services", "resources")
_AN_APP = "at most 24 lower case letters, digits and single hyphens, a letter first"


def read(value: Any) -> Document:
    """The document that these JSON values describe; DocumentError where they describe none."""
    body = Fields(value, "", PARTS)
    if body.values.get("format") != FORMAT or body.values["format"] is True:
        raise DocumentError("format", repr(body.values.get("format")), str(FORMAT))
    services = body.named("services", NAME, A_NAME)
    resources = body.named("resources", NAME, A_NAME)
    domains = body.named("domains", HOST, "a host name in small letters")
    document = Document(
        app=body.matching("app", APP, _AN_APP),
        environment=body.matching("environment", NAME, A_NAME),
        services=tuple(service(name, item) for name, item in services.items()),
        resources=tuple(_resource(name, item) for name, item in resources.items()),
        domains=tuple(domain(name, item) for name, item in domains.items()),
    )
    _check_targets(document)
    check_domains(document)
    return document


def read_service(value: Any, name: str) -> ServiceDoc | None:
    """One service of such a document, None where it has none of that name; the rest is not read."""
    services = mapping(mapping(value, "").get("services", {}), "services")
    return service(name, services[name]) if name in services else None


def _resource(name: str, value: Any) -> ResourceDoc:
    body = Fields(value, f"resources.{name}", names_of(ResourceDoc))
    return ResourceDoc(
        name=name,
        kind=body.choice("kind", types.RESOURCE_KINDS),
        cpu_mhz=body.number("cpu_mhz", ResourceDoc.cpu_mhz),
        memory_mb=body.number("memory_mb", ResourceDoc.memory_mb),
        start_limit_s=body.number("start_limit_s", ResourceDoc.start_limit_s),
        version=body.optional_text("version"),
        max_connections=body.optional_number("max_connections"),
        external=body.flag("external"),
    )


def _check_targets(document: Document) -> None:
    """Raise DocumentError for the first link whose target is not in the document."""
    names = sorted(
        [one.name for one in document.services] + [resource.name for resource in document.resources]
    )
    for one in document.services:
        for link in one.links:
            if link.target not in names:
                path = f"services.{one.name}.links.{link.variable}.target"
                raise DocumentError(path, repr(link.target), "one of " + ", ".join(names))
