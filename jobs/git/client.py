"""dulwich's client of git over HTTP, which asks by our door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dulwich.client import AbstractHttpGitClient

from jobs.git.door import Door
from jobs.git.errors import Unfetched

KINDS = frozenset(
    {"application/x-git-upload-pack-advertisement", "application/x-git-upload-pack-result"}
)


@dataclass(frozen=True)
class _Response:
    """An answer as dulwich looks at it."""

    content_type: str
    redirect_location: str
    close: Callable[[], None]


class Client(AbstractHttpGitClient):
    """Fetches, never pushes, and takes no other kind of server than git's own ("smart")."""

    def __init__(self, address: str, door: Door) -> None:
        super().__init__(address, quiet=True)
        self._door = door

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,
    ) -> tuple[Any, Callable[[int], bytes]]:
        body = data if data is None or isinstance(data, bytes) else b"".join(data)
        answer = self._door.ask(url, dict(headers or {}), body)
        if answer.content_type not in KINDS:
            answer.close()
            raise Unfetched(
                "There is no git server at this address: give the one that you would clone from."
            )
        moved = answer.url if answer.url != url else ""
        return _Response(answer.content_type, moved, answer.close), answer.read
