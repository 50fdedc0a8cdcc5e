"""A domain of a document out of JSON values."""

from __future__ import annotations

import re
from typing import Any

from jobs.document.error import DocumentError
from jobs.document.fields import NAME, Fields, names_of, shown
from jobs.document.types import Document, DomainDoc, PathDoc

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"{_LABEL}(\.{_LABEL})+")
PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


def domain(name: str, value: Any) -> DomainDoc:
    """The domain of that name that these JSON values describe; DocumentError where none."""
    body = Fields(value, f"domains.{name}", names_of(DomainDoc))
    if (body.values.get("service") is None) == (body.values.get("redirect_to") is None):
        raise DocumentError(body.path, "both or none", "a service or a domain to redirect to")
    return DomainDoc(
        name=name,
        service=body.optional_text("service"),
        redirect_to=body.optional_text("redirect_to"),
        permanent=_truth(body, "permanent", DomainDoc.permanent),
        only_https=_truth(body, "only_https", DomainDoc.only_https),
        paths=_paths(body),
    )


def check_domains(document: Document) -> None:
    """Raise DocumentError for the first domain that leads to what is not in the document."""
    services = sorted(one.name for one in document.services)
    hosts = sorted(one.name for one in document.domains)
    for one in document.domains:
        _check(one.service, services, f"domains.{one.name}.service")
        _check(one.redirect_to, hosts, f"domains.{one.name}.redirect_to")
        for path in one.paths:
            _check(path.service, services, f"domains.{one.name}.paths.{path.prefix}.service")


def _check(target: str | None, known: list[str], path: str) -> None:
    if target is not None and target not in known:
        raise DocumentError(path, repr(target), "one of " + ", ".join(known))


def _paths(body: Fields) -> tuple[PathDoc, ...]:
    found = body.named("paths", PREFIX, "a path such as /api")
    return tuple(_path(prefix, item, body.at(f"paths.{prefix}")) for prefix, item in found.items())


def _path(prefix: str, value: Any, at: str) -> PathDoc:
    one = Fields(value, at, ("service", "strips"))
    service = one.matching("service", NAME, "a service's name")
    return PathDoc(prefix, service, _truth(one, "strips", PathDoc.strips))


def _truth(body: Fields, key: str, default: bool) -> bool:
    found = body.values.get(key, default)
    if not isinstance(found, bool):
        raise DocumentError(body.at(key), shown(found), "true or false")
    return found
