"""The rows of the table of addresses, their parts named as in the apps that the tests make."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import URLPattern

NAMES = {
    "env": "production",
    "service": "web",
    "resource": "store",
    "number": "1",
    "kind": "stop",
    "team": "demo",
    "part": "cron",
    "replay": "none",
    "host": "www.example.org",
    "run": "1",
    "dump": "00000000-0000-0000-0000-000000000007",
    "fetch": "00000000-0000-0000-0000-000000000008",
    "allocation": "9692daeb-e00b-5e1e-a52e-ddf97cb3d529",
    "sha256": "0" * 64,
    "archive": "tar.gz",
}


def address_of(row: URLPattern, names: Mapping[str, str]) -> str:
    """The address of a row of the table; fails where it has a part without a name."""
    found = str(row.pattern)
    for part in row.pattern.converters:
        for kind in ("slug", "int", "str", "uuid"):
            found = found.replace(f"<{kind}:{part}>", names[part])
    return f"/{found}"
