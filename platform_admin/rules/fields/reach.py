"""How a service is reached, and how it is seen to be healthy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jobs.document.types import KINDS_WITH_PORT, PROTOCOLS
from platform_admin.rules.fields.errors import Found, between, either
from platform_admin.rules.fields.identity import KINDS, STATIC
from platform_admin.rules.fields.runs import LONGEST_S
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.names import part_name_error

PATH_LENGTH = 200
LARGEST_PORT = 65535
MOST_PORTS = 8
LONGEST_CHECK_S = 300
MAIN_PORT = "http"
"""What the main port is called in Nomad: no further one has this name."""
LONGEST_ENTRY = 63
"""Characters that a name in Consul may have."""


def reach_errors(fields: ServiceFields, *, resolves: bool, inside: str) -> Found:
    """What is wrong with ports, protocol and health check.

    `resolves`: whether the cell's programs can look up Consul's names. `inside` is how the slugs
    of the environment's services begin.
    """
    if fields.kind not in KINDS:
        return
    if fields.kind not in KINDS_WITH_PORT:
        yield from _unreached(fields)
        return
    yield "port", _port(fields.port)
    yield "protocol", _protocol(fields, resolves=resolves)
    if fields.kind == STATIC and fields.health_path:
        yield "health_path", "The web server is asked by itself: leave this empty."
    yield "health_path", _checked_path(fields)
    yield "ports", _ports(fields, f"{inside}-{fields.name}")
    yield from _check_times(fields)
    if fields.drain_s is not None:
        yield "drain_s", between(fields.drain_s, 1, LONGEST_S, " s")


def _unreached(fields: ServiceFields) -> Found:
    """What a kind without a port can not have."""
    kind = fields.kind
    if fields.port is not None:
        yield "port", f"A {kind} has no port, {fields.port} was given: leave it empty."
    given = {
        "health_path": ("health check path", fields.health_path),
        "protocol": ("protocol", fields.protocol),
        "ports": ("ports", fields.ports),
        "check_interval_s": ("health check", fields.check_interval_s),
        "check_timeout_s": ("health check", fields.check_timeout_s),
        "drain_s": ("traffic to drain", fields.drain_s),
    }
    for name, (noun, value) in given.items():
        if value:
            yield name, f"A {kind} has no {noun}: leave it empty."


def _port(port: int | None) -> str | None:
    if port is None:
        return f"A port is needed, such as 8080: a number from 1 to {LARGEST_PORT}."
    return between(port, 1, LARGEST_PORT)


def _protocol(fields: ServiceFields, *, resolves: bool) -> str | None:
    if fields.protocol not in ("", *PROTOCOLS):
        return f"{fields.protocol!r} is no protocol: choose {either(PROTOCOLS)}."
    if fields.protocol != "tcp":
        return None
    if fields.kind != "private":
        return f"The edge speaks HTTP only, and a {fields.kind} service is behind it: choose http."
    if not resolves:
        return (
            "TCP services are reached by their name in Consul, which programs can not look up in"
            " this cell: choose http."
        )
    return None


def _checked_path(fields: ServiceFields) -> str | None:
    if fields.health_path and fields.protocol == "tcp":
        return (
            f"{fields.health_path} can not be asked for over TCP: leave it empty, the port has to"
            " accept connections."
        )
    return _health_path(fields.health_path)


def _ports(fields: ServiceFields, slug: str) -> str | None:
    """The first thing that is wrong with the further ports."""
    if len(fields.ports) > MOST_PORTS:
        return f"{len(fields.ports)} further ports are too many: use {MOST_PORTS} or fewer."
    return next(_wrong_ports(fields, slug), None)


def _wrong_ports(fields: ServiceFields, slug: str) -> Iterator[str]:
    numbers = [fields.port] if fields.image else []
    for name, port in fields.ports.items():
        said = _port_name(name, slug) or between(port, 1, LARGEST_PORT)
        if said:
            yield f"{name}: {said}" if name else said
        if port in numbers:
            yield f"{name}: {port} is the number of another port too: give each its own."
        if fields.image:
            numbers.append(port)


def _port_name(name: str, slug: str) -> str | None:
    if not name:
        return "A further port has a number and no name: name it, such as metrics."
    if name == MAIN_PORT:
        return f"{MAIN_PORT} is what the main port is called: choose another name."
    room = LONGEST_ENTRY - len(f"{slug}--")
    if len(name) > room:
        return f"{slug}--{name} is too long for Consul: shorten the name to {room} or fewer."
    return part_name_error(name)


def _check_times(fields: ServiceFields) -> Found:
    interval, timeout = fields.check_interval_s, fields.check_timeout_s
    if interval is not None:
        yield "check_interval_s", between(interval, 1, LONGEST_CHECK_S, " s")
        if interval >= fields.start_limit_s:
            said = (
                f"A check every {interval} s may come too late for a start-up limit of"
                f" {fields.start_limit_s} s: check more often, or raise the limit."
            )
            yield "check_interval_s", said
    if timeout is not None:
        yield "check_timeout_s", between(timeout, 1, LONGEST_CHECK_S, " s")


def _health_path(path: str) -> str | None:
    if not path:
        return None
    if not path.startswith("/"):
        return f"{path!r} does not begin with a slash: write /{path.lstrip()}."
    if len(path) > PATH_LENGTH:
        return f"The path has {len(path)} characters: shorten it to {PATH_LENGTH} or fewer."
    if not path.isascii() or not path.isprintable() or " " in path:
        return f"{path!r} is not a path: write other characters than plain ones as %20."
    if path.startswith("//"):
        return f"{path!r} would be another host's: write one slash at its beginning."
    if re.search(r"%(?![0-9A-Fa-f]{2})", path):
        return f"{path!r} has a % that is followed by no two hexadecimal digits: write it as %25."
    return None
