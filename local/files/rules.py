"""Which redirect and which headers fit a path: of those that do, the first one counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rules:
    """What a static service's server is told.

    `redirects` are path, target and status, `headers` path, name and value. A path with `*` at
    its end fits whatever begins so. `immutable` is a pattern of paths whose content never changes.
    """

    fallback: str = ""
    health: str = ""
    immutable: str = r"(?!)"
    redirects: tuple[tuple[str, str, int], ...] = ()
    headers: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Rules:
        """The rules out of JSON values."""
        return cls(
            fallback=values.get("fallback") or "",
            health=values.get("health") or "",
            immutable=values.get("immutable") or cls.immutable,
            redirects=tuple((p, to, int(status)) for p, to, status in values.get("redirects", ())),
            headers=tuple((p, name, value) for p, name, value in values.get("headers", ())),
        )

    def redirect(self, path: str) -> tuple[str, int] | None:
        """Where a path is sent to, with which status; None where it stays."""
        return next(((to, status) for at, to, status in self.redirects if _fits(at, path)), None)

    def headers_of(self, path: str) -> list[tuple[str, str]]:
        """The headers of an answer to a path, each name once."""
        found: dict[str, tuple[str, str]] = {}
        for at, name, value in self.headers:
            if _fits(at, path):
                found.setdefault(name.lower(), (name, value))
        return list(found.values())


def _fits(at: str, path: str) -> bool:
    return path.startswith(at[:-1]) if at.endswith("*") else path == at
