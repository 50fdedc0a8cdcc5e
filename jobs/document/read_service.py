"""One service of a document out of JSON values."""

from __future__ import annotations

from typing import Any, cast

from jobs.document import types
from jobs.document.error import DocumentError
from jobs.document.fields import (
    A_DATABASE,
    A_NAME,
    DATABASE,
    NAME,
    SHA256,
    VARIABLE,
    Fields,
    names_of,
    number,
    shown,
    text,
)
from jobs.document.types import (
    ConstraintDoc,
    HeaderDoc,
    LinkDoc,
    PortDoc,
    Protocol,
    RedirectDoc,
    RestartDoc,
    Scope,
    SecretRef,
    ServiceDoc,
)

A_VARIABLE = "letters, digits and underscores, no digit first"
LARGEST_PORT = 65535


def service(name: str, value: Any) -> ServiceDoc:
    """The service of that name that these JSON values describe; DocumentError where none."""
    body = Fields(value, f"services.{name}", names_of(ServiceDoc))
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
        protocol=cast(Protocol | None, body.optional_choice("protocol", types.PROTOCOLS)),
        ports=_ports(body),
        check_interval_s=body.optional_number("check_interval_s"),
        check_timeout_s=body.optional_number("check_timeout_s"),
        user=body.optional_text("user"),
        memory_max_mb=body.optional_number("memory_max_mb"),
        disk_mb=body.optional_number("disk_mb"),
        drain_s=body.optional_number("drain_s"),
        kill_signal=body.optional_choice("kill_signal", types.KILL_SIGNALS),
        constraints=_constraints(body),
        spread=body.optional_text("spread"),
        restart=_restart(body),
        schedule=_schedule(body, kind),
        time_zone=body.optional_text("time_zone"),
        time_limit_s=body.optional_number("time_limit_s"),
        fallback=body.optional_text("fallback"),
        redirects=_redirects(body),
        headers=_headers(body),
        variables=_variables(body),
        secrets=_secrets(body),
        links=_links(body),
    )


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
        return body.number("port", largest=LARGEST_PORT)
    if body.values.get("port") is not None:
        raise DocumentError(body.at("port"), "a port", f"none for the kind {kind}")
    return None


def _health_path(body: Fields) -> str | None:
    found = body.optional_text("health_path")
    if found is not None and not found.startswith("/"):
        raise DocumentError(body.at("health_path"), repr(found), "a path that begins with a slash")
    return found


def _schedule(body: Fields, kind: str) -> str | None:
    """A cron has one; another kind may keep one that it does not use."""
    return body.text("schedule") if kind == "cron" else body.optional_text("schedule")


def _variables(body: Fields) -> dict[str, str]:
    found = body.named("variables", VARIABLE, A_VARIABLE)
    return {name: text(value, body.at(f"variables.{name}")) for name, value in found.items()}


def _secrets(body: Fields) -> dict[str, SecretRef]:
    found = body.named("secrets", VARIABLE, A_VARIABLE)
    return {name: secret_ref(item, body.at(f"secrets.{name}")) for name, item in found.items()}


def secret_ref(value: Any, path: str) -> SecretRef:
    """Which version of a secret is meant; DocumentError where the values do not say it."""
    body = Fields(value, path, ("scope", "version"))
    return SecretRef(cast(Scope, body.choice("scope", types.SCOPES)), body.number("version"))


def _links(body: Fields) -> tuple[LinkDoc, ...]:
    found = body.named("links", VARIABLE, A_VARIABLE)
    return tuple(_link(name, item, body.at(f"links.{name}")) for name, item in found.items())


def _link(variable: str, value: Any, path: str) -> LinkDoc:
    body = Fields(value, path, ("target", "property", "database"))
    database = None
    if body.values.get("database") is not None:
        database = body.matching("database", DATABASE, A_DATABASE)
    named = body.text_or("property", "url") or "url"
    return LinkDoc(variable, body.text("target"), named, database)


def _ports(body: Fields) -> tuple[PortDoc, ...]:
    found = body.named("ports", NAME, A_NAME)
    return tuple(
        PortDoc(name, number(value, body.at(f"ports.{name}"), 1, LARGEST_PORT))
        for name, value in found.items()
    )


def _constraints(body: Fields) -> tuple[ConstraintDoc, ...]:
    return tuple(
        ConstraintDoc(
            one.text("attribute"),
            one.choice("operator", types.OPERATORS) if "operator" in one.values else "=",
            one.text_or("value", ""),
        )
        for one in body.each("constraints", ("attribute", "operator", "value"))
    )


def _restart(body: Fields) -> RestartDoc | None:
    if body.values.get("restart") is None:
        return None
    one = Fields(body.values["restart"], body.at("restart"), ("attempts", "interval_s", "delay_s"))
    attempts = number(one.values.get("attempts"), one.at("attempts"), 0, 10**9)
    return RestartDoc(attempts, one.number("interval_s"), one.number("delay_s"))


def _redirects(body: Fields) -> tuple[RedirectDoc, ...]:
    return tuple(
        RedirectDoc(one.text("path"), one.text("to"), _status(one))
        for one in body.each("redirects", ("path", "to", "status"))
    )


def _status(body: Fields) -> int:
    found = body.values.get("status", RedirectDoc.status)
    if found not in types.REDIRECT_CODES or isinstance(found, bool):
        allowed = ", ".join(map(str, types.REDIRECT_CODES))
        raise DocumentError(body.at("status"), shown(found), f"one of {allowed}")
    return int(found)


def _headers(body: Fields) -> tuple[HeaderDoc, ...]:
    return tuple(
        HeaderDoc(one.text("path"), one.text("name"), one.text("value"))
        for one in body.each("headers", ("path", "name", "value"))
    )
