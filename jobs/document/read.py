"""A document out of JSON values; what does not fit is named with its path."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast

from jobs.document import types
from jobs.document.error import DocumentError
from jobs.document.fields import APP, DATABASE, NAME, SHA256, VARIABLE, Fields, mapping, text
from jobs.document.types import Document, LinkDoc, ResourceDoc, Scope, SecretRef, ServiceDoc
from jobs.document.write import FORMAT

_A_NAME = "a lower case letter, then at most 14 lower case letters or digits"
_AN_APP = "at most 24 lower case letters, digits and single hyphens, a letter first"
_A_DATABASE = "a lower case letter, then at most 30 lower case letters, digits or underscores"
_A_VARIABLE = "letters, digits and underscores, no digit first"


def read(value: Any) -> Document:
    """The document that these JSON values describe; DocumentError where they describe none."""
    body = Fields(value, "", ("format", "app", "environment", "services", "resources"))
    if body.values.get("format") != FORMAT:
        raise DocumentError("format", repr(body.values.get("format")), str(FORMAT))
    services = body.named("services", NAME, _A_NAME)
    resources = body.named("resources", NAME, _A_NAME)
    document = Document(
        app=body.matching("app", APP, _AN_APP),
        environment=body.matching("environment", NAME, _A_NAME),
        services=tuple(_service(name, item) for name, item in services.items()),
        resources=tuple(_resource(name, item) for name, item in resources.items()),
    )
    _check_targets(document)
    return document


def read_service(value: Any, name: str) -> ServiceDoc | None:
    """One service of such a document, None where it has none of that name; the rest is not read."""
    services = mapping(mapping(value, "").get("services", {}), "services")
    return _service(name, services[name]) if name in services else None


def _service(name: str, value: Any) -> ServiceDoc:
    body = Fields(value, f"services.{name}", _names(ServiceDoc))
    kind = body.choice("kind", types.KINDS)
    _check_source(body)
    return ServiceDoc(
        name=name,
        kind=kind,
        artifact=_artifact(body),
        archive=_archive(body),
        image=body.optional_text("image"),
        command=body.words("command"),
        release_command=body.words("release_command"),
        port=_port(body, kind),
        health_path=_health_path(body),
        cpu_mhz=body.number("cpu_mhz", ServiceDoc.cpu_mhz),
        memory_mb=body.number("memory_mb", ServiceDoc.memory_mb),
        start_limit_s=body.number("start_limit_s", ServiceDoc.start_limit_s),
        kill_timeout_s=body.number("kill_timeout_s", ServiceDoc.kill_timeout_s),
        variables=_variables(body),
        secrets=_secrets(body),
        links=_links(body),
    )


def _resource(name: str, value: Any) -> ResourceDoc:
    body = Fields(value, f"resources.{name}", _names(ResourceDoc))
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


def _names(noun: type[ServiceDoc] | type[ResourceDoc]) -> tuple[str, ...]:
    """The fields that stand in the object; the name is the object's key."""
    return tuple(field.name for field in fields(noun) if field.name != "name")


def _check_source(body: Fields) -> None:
    if body.values.get("artifact") is not None and body.values.get("image") is not None:
        raise DocumentError(body.at("image"), "an image beside an artifact", "only one of the two")


def _artifact(body: Fields) -> str | None:
    if body.values.get("artifact") is None:
        return None
    return body.matching("artifact", SHA256, "a SHA-256 in 64 hexadecimal digits")


def _archive(body: Fields) -> str | None:
    if body.values.get("artifact") is not None:
        return body.choice("archive", types.ARCHIVES)
    if body.values.get("archive") is not None:
        raise DocumentError(body.at("archive"), "an archive without an artifact", "both or none")
    return None


def _port(body: Fields, kind: str) -> int | None:
    if kind in types.KINDS_WITH_PORT:
        return body.number("port", largest=65535)
    if body.values.get("port") is not None:
        raise DocumentError(body.at("port"), "a port", f"none for the kind {kind}")
    return None


def _health_path(body: Fields) -> str | None:
    found = body.optional_text("health_path")
    if found is not None and not found.startswith("/"):
        raise DocumentError(body.at("health_path"), repr(found), "a path that begins with a slash")
    return found


def _variables(body: Fields) -> dict[str, str]:
    found = body.named("variables", VARIABLE, _A_VARIABLE)
    return {name: text(value, body.at(f"variables.{name}")) for name, value in found.items()}


def _secrets(body: Fields) -> dict[str, SecretRef]:
    found = body.named("secrets", VARIABLE, _A_VARIABLE)
    return {name: _secret(item, body.at(f"secrets.{name}")) for name, item in found.items()}


def _secret(value: Any, path: str) -> SecretRef:
    body = Fields(value, path, ("scope", "version"))
    return SecretRef(cast(Scope, body.choice("scope", types.SCOPES)), body.number("version"))


def _links(body: Fields) -> tuple[LinkDoc, ...]:
    found = body.named("links", VARIABLE, _A_VARIABLE)
    return tuple(_link(name, item, body.at(f"links.{name}")) for name, item in found.items())


def _link(variable: str, value: Any, path: str) -> LinkDoc:
    body = Fields(value, path, ("target", "property", "database"))
    database = None
    if body.values.get("database") is not None:
        database = body.matching("database", DATABASE, _A_DATABASE)
    target, named = body.text("target"), body.optional_text("property")
    return LinkDoc(variable, target, named or "url", database)


def _check_targets(document: Document) -> None:
    """Raise DocumentError for the first link whose target is not in the document."""
    names = sorted(
        [service.name for service in document.services]
        + [resource.name for resource in document.resources]
    )
    for service in document.services:
        for link in service.links:
            if link.target not in names:
                path = f"services.{service.name}.links.{link.variable}.target"
                raise DocumentError(path, repr(link.target), "one of " + ", ".join(names))
