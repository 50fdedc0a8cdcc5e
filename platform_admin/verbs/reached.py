"""The address of a name that a user typed: resolved once, checked, and then that very one."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from platform_admin.rules.addresses import Closed, first_refusal
from platform_admin.verbs.errors import Invalid

RESOLVED_WITHIN_S = 3.0
_DEFAULT_PORTS = {"http": 80, "https": 443, "redis": 6379, "postgres": 5432, "postgresql": 5432}
_resolver = ThreadPoolExecutor(8, thread_name_prefix="resolve")


def reached(host: str, port: int, *, private: bool = True) -> str:
    """The address to connect to. Invalid, field `host`: none found, or one that is closed.

    Without `private`, those of private networks are closed too.
    """
    try:
        found = resolved(host)
    except (OSError, UnicodeError, TooLate) as error:
        said = f"{host!r} has no address ({_why(error)}): check the name."
        raise Invalid({"host": [said]}) from error
    refused = first_refusal(found, port, closed(private=private))
    if refused is not None:
        raise Invalid({"host": [refused]})
    return found[0]


def resolved(host: str) -> list[str]:
    """The host's addresses, in the order in which they are tried. OSError or TimeoutError."""
    asked = _resolver.submit(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
    rows = asked.result(timeout=RESOLVED_WITHIN_S)
    return list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows))


def closed(*, private: bool = True) -> Closed:
    """What may not be reached from here, by the operator's settings."""
    allowed = tuple(settings.MUSTER_EXTERNAL_NETWORKS)
    return Closed(_own(), allowed, private=not (private and settings.MUSTER_EXTERNAL_PRIVATE))


def _own() -> frozenset[tuple[str, int]]:
    database = settings.DATABASES["default"]
    host, port = str(database["HOST"] or "localhost"), int(database["PORT"] or 5432)
    urls = (
        settings.REDIS_URL,
        settings.NOMAD_ADDR,
        settings.CONSUL_HTTP_ADDR,
        settings.MUSTER_URL,
    )
    pairs = [(host, port), *map(_place, urls)]
    return frozenset(own for pair in pairs for own in _known(*pair))


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.port or _DEFAULT_PORTS.get(parts.scheme, 80)


def _known(host: str, port: int) -> tuple[tuple[str, int], ...]:
    try:
        return _addresses(host, port)
    except (OSError, UnicodeError, TooLate):
        return ()


@lru_cache(maxsize=64)
def _addresses(host: str, port: int) -> tuple[tuple[str, int], ...]:
    """Looked up once; a name that can not be resolved now is asked for again."""
    return tuple((each, port) for each in resolved(host))


def _why(error: Exception) -> str:
    return "nobody answered in time" if isinstance(error, TooLate) else "it is not known"
