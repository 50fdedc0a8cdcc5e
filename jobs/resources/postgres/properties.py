from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

NAMES = ("url", "host", "port", "user", "password", "database")


def properties(
    host: str, port: int, user: str, password: str, database: str = ""
) -> Mapping[str, str]:
    """What a link to a database of a postgres can give a service, by the property's name."""
    signed = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return {
        "url": f"postgres://{signed}@{_bracketed(host)}:{port}/{quote(database, safe='')}",
        "host": host,
        "port": str(port),
        "user": user,
        "password": password,
        "database": database,
    }


def _bracketed(host: str) -> str:
    """The host as a URL has it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
