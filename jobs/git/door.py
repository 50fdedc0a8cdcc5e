"""The one door to git servers: https alone, to an address that was checked, and nowhere else.

Every name is looked up once, and the connection goes to that very address, also where a redirect
leads: a name that answers otherwise the second time reaches nothing.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
from django.conf import settings
from urllib3 import BaseHTTPResponse, HTTPSConnectionPool, Timeout
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

from jobs.git.budget import Budget
from jobs.git.errors import Unfetched
from platform_admin.rules.git import address_error
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.reached import reached

CONNECT_S = 5.0
SILENT_S = 30.0
REDIRECTS = 5
CHUNK_BYTES = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Answer:
    """What a server said: where it was asked in the end, and a reader of the body."""

    url: str
    content_type: str
    read: Callable[[int], bytes]
    close: Callable[[], None]


class Door:
    """Asks servers within one budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._trusted = _trusted()

    def ask(self, url: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
        """The answer, with status 200. Unfetched: a sentence. Only what has no body is sent on."""
        for _ in range(REDIRECTS + 1):
            response = self._sent(url, headers, body)
            target = response.headers.get("Location", "")
            if body is not None or response.status not in _MOVED or not target:
                return self._answer(url, response)
            response.release_conn()
            response.close()
            url = urljoin(url, target)
        raise Unfetched(f"The server leads on more than {REDIRECTS} times: give the last address.")

    def _sent(self, url: str, headers: dict[str, str], body: bytes | None) -> BaseHTTPResponse:
        parts = _checked(url)
        self._budget.go_on()
        try:
            return self._pool(parts).urlopen(
                "GET" if body is None else "POST",
                f"{parts.path}?{parts.query}" if parts.query else parts.path,
                body=body,
                headers={**headers, "Host": parts.netloc, "User-Agent": "git/2.0 (muster)"},
                redirect=False,
                retries=False,
                assert_same_host=False,
                preload_content=False,
                decode_content=False,
            )
        except (HTTPError, OSError) as error:
            raise _unfetched(error, parts.netloc) from error

    def _pool(self, parts: SplitResult) -> HTTPSConnectionPool:
        host, port = parts.hostname or "", parts.port or 443
        try:
            address = reached(host, port, private=False)
        except Invalid as error:
            raise Unfetched(str(error)) from error
        return HTTPSConnectionPool(
            address,
            port,
            maxsize=1,
            timeout=Timeout(connect=CONNECT_S, read=SILENT_S),
            ssl_context=self._trusted,
            server_hostname=host,
        )

    def _answer(self, url: str, response: BaseHTTPResponse) -> Answer:
        if response.status != 200:
            response.close()
            raise Unfetched(_refusal(response.status))
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        return Answer(url, kind, self._reader(url, response), response.close)

    def _reader(self, url: str, response: BaseHTTPResponse) -> Callable[[int], bytes]:
        """Reads so many bytes, fewer at the end; looks at the budget at each piece that comes."""

        def read(size: int) -> bytes:
            found = bytearray()
            while len(found) < size:
                piece = self._piece(url, response, min(size - len(found), CHUNK_BYTES))
                if not piece:
                    break
                found += piece
            return bytes(found)

        return read

    def _piece(self, url: str, response: BaseHTTPResponse, size: int) -> bytes:
        try:
            piece = response.read1(size)
        except (HTTPError, OSError) as error:
            raise _unfetched(error, urlsplit(url).netloc) from error
        self._budget.take(len(piece))
        return piece


def _checked(url: str) -> SplitResult:
    """The address in parts; also one that a server led to keeps to the rules of typed ones."""
    said = address_error(url.partition("?")[0])
    if said is not None:
        raise Unfetched(f"The server leads to another address that is not taken. {said}")
    return urlsplit(url)


def _trusted() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if settings.MUSTER_GIT_CACERT:
        context.load_verify_locations(settings.MUSTER_GIT_CACERT)
    return context


def _refusal(status: int) -> str:
    if status in (401, 403):
        return "The server asks for a login, or has no such repository: it has to be public."
    if status in (404, 410):
        return "The server has no repository at this address: check its path."
    return f"The server answers with the status {status}: try again later."


def _unfetched(error: Exception, host: str) -> Unfetched:
    if isinstance(error, SSLError):
        said = (
            f"The certificate of {host} is not trusted ({_short(error)}): an operator names who"
            " signed it (MUSTER_GIT_CACERT)."
        )
    elif isinstance(error, ReadTimeoutError):
        said = f"{host} said nothing for {SILENT_S:.0f} s: try again later."
    elif isinstance(error, ConnectTimeoutError | NewConnectionError):
        said = f"{host} does not answer: check its name and port."
    else:
        said = f"The connection to {host} broke off ({_short(error)}): try again."
    return Unfetched(said)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
