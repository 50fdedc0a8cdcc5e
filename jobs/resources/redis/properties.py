from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

NAMES = ("url", "host", "port", "user", "password")
USER = "default"


def properties(host: str, port: int, user: str, password: str) -> Mapping[str, str]:
    """What a link to a redis can give a service, by the property's name.

    One without a password, which somebody else runs, is entered without a login.
    """
    login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if password else ""
    there = f"[{host}]" if ":" in host else host
    return {
        "url": f"redis://{login}{there}:{port}/0",
        "host": host,
        "port": str(port),
        "user": user,
        "password": password,
    }
