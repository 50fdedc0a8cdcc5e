"""A document as JSON values, and what is made of those: its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from jobs.document.types import (
    ConstraintDoc,
    Document,
    DomainDoc,
    HeaderDoc,
    LinkDoc,
    RedirectDoc,
    ResourceDoc,
    RestartDoc,
    SecretRef,
    ServiceDoc,
)

FORMAT = 1

Json = dict[str, Any]


def write(document: Document) -> Json:
    """The document as JSON values, keys sorted; what is empty is left out.

    So a field that a later version adds changes no digest of a document that does not use it.
    """
    return without_empty(tree(document))


def digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON, in hexadecimal digits."""
    canonical = json.dumps(write(document), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def tree(document: Document) -> Json:
    """The document as JSON values with every field, also the empty ones."""
    return {
        "app": document.app,
        "domains": {domain.name: _domain(domain) for domain in document.domains},
        "environment": document.environment,
        "format": FORMAT,
        "resources": {resource.name: _resource(resource) for resource in document.resources},
        "services": {service.name: _service(service) for service in document.services},
    }


def without_empty(value: Json) -> Json:
    """The same without None, empty lists and empty dicts; an empty text is a value."""
    kept = {
        key: without_empty(item) if isinstance(item, dict) else item for key, item in value.items()
    }
    return {key: item for key, item in kept.items() if item not in (None, [], {})}


def _service(service: ServiceDoc) -> Json:
    return {
        "archive": service.archive,
        "artifact": service.artifact,
        "check_interval_s": service.check_interval_s,
        "check_timeout_s": service.check_timeout_s,
        "command": list(service.command),
        "constraints": [_sorted(one) for one in service.constraints],
        "cpu_mhz": service.cpu_mhz,
        "disk_mb": service.disk_mb,
        "drain_s": service.drain_s,
        "fallback": service.fallback,
        "headers": [_sorted(one) for one in service.headers],
        "health_path": service.health_path,
        "image": service.image,
        "kill_signal": service.kill_signal,
        "kill_timeout_s": service.kill_timeout_s,
        "kind": service.kind,
        "links": {link.variable: _link(link) for link in service.links},
        "memory_max_mb": service.memory_max_mb,
        "memory_mb": service.memory_mb,
        "port": service.port,
        "ports": {one.name: one.port for one in service.ports},
        "protocol": service.protocol,
        "redirects": [_sorted(one) for one in service.redirects],
        "release_command": list(service.release_command),
        "restart": None if service.restart is None else _sorted(service.restart),
        "schedule": service.schedule,
        "secrets": {name: _secret(ref) for name, ref in sorted(service.secrets.items())},
        "spread": service.spread,
        "start_limit_s": service.start_limit_s,
        "time_limit_s": service.time_limit_s,
        "time_zone": service.time_zone,
        "user": service.user,
        "variables": dict(sorted(service.variables.items())),
    }


def _sorted(value: ConstraintDoc | HeaderDoc | RedirectDoc | RestartDoc) -> Json:
    return dict(sorted(asdict(value).items()))


def _resource(resource: ResourceDoc) -> Json:
    return {
        "cpu_mhz": resource.cpu_mhz,
        "external": resource.external or None,
        "kind": resource.kind,
        "max_connections": resource.max_connections,
        "memory_mb": resource.memory_mb,
        "start_limit_s": resource.start_limit_s,
        "version": resource.version,
    }


def _domain(domain: DomainDoc) -> Json:
    return {
        "only_https": domain.only_https,
        "paths": {
            path.prefix: {"service": path.service, "strips": path.strips} for path in domain.paths
        },
        "permanent": domain.permanent,
        "redirect_to": domain.redirect_to,
        "service": domain.service,
    }


def _link(link: LinkDoc) -> Json:
    return {"database": link.database, "property": link.property, "target": link.target}


def _secret(ref: SecretRef) -> Json:
    return {"scope": ref.scope, "version": ref.version}
