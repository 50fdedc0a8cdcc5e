"""The one module that talks to Nomad: time-outs, retries, errors and the log line of a call.

python-nomad carries the request. Its client object is not used: it fills what was not given from
the environment (token, namespace, region, certificates) and sends the namespace to only some
endpoints. A Requester, the public base of its endpoint objects, does neither.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from nomad.api.base import Requester
from nomad.api.exceptions import BaseNomadException

from jobs.attempts import Patience, persist
from jobs.breaker import Breaker
from jobs.errors import ClusterError, Unavailable
from jobs.failures import kind_of, unreachable, words
from jobs.nomad.settings import NomadSettings
from jobs.nomad.texts import meaning
from jobs.session import CONNECT_S, session

READ_S = 10.0
_PIECE = 16 * 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """A good answer: its body, and the raft index that it stands for (0 where none was sent)."""

    content: bytes
    index: int

    def json(self) -> Any:
        """Return the decoded body; raises Unavailable for anything that is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            pass
        raise Unavailable("nomad answered with something else than JSON", server="nomad")


@dataclass(frozen=True)
class _Told:
    """What came over the wire, whatever its status."""

    status: int
    reason: str
    content: bytes
    index: int


class Door:
    """Sends requests to one Nomad. Threads may share it; after a fork make a new one."""

    def __init__(self, settings: NomadSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._options = _options(settings)
        self._breaker, self._node_breaker = Breaker("nomad"), Breaker("nomad")

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        read_s: float = READ_S,
        most: int | None = None,
    ) -> Answer:
        """Return the answer to a call that may be repeated, which it is while Nomad is away.

        `most`: of a longer one, about so many bytes; what follows them is not fetched.
        """
        return persist(
            lambda: self.tell(method, path, params, body, read_s=read_s, most=most), self._patience
        )

    def tell(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        *,
        read_s: float = READ_S,
        most: int | None = None,
    ) -> Answer:
        """Return the answer to a call that is sent once: on Unavailable its effect is unknown."""
        started = time.monotonic()
        with self._breaker_of(path).around() as note:
            outcome = self._send(method, path, params, body, read_s, most)
            note(outcome)
        status = outcome.status if isinstance(outcome, _Told) else None
        _log_call(method, path, status, time.monotonic() - started)
        # Raised here, outside any `except`, so that no library's exception, whose text holds the
        # answer's body, hangs on ours.
        if not isinstance(outcome, _Told):
            raise unreachable(outcome, "nomad", self._settings.address)
        if outcome.status >= 300:
            raise _refusal(outcome)
        return Answer(outcome.content, outcome.index)

    def _breaker_of(self, path: str) -> Breaker:
        """What Nomad passes on to a node may hang with that node alone."""
        return self._node_breaker if path.startswith("client/") else self._breaker

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        body: Any,
        read_s: float,
        most: int | None,
    ) -> _Told | Exception:
        """Return what was told, whatever its status, or the exception that came instead."""
        first, *rest = path.split("/")
        requester = Requester(**self._options)
        requester.ENDPOINT = first
        try:
            response: requests.Response = requester.request(
                *rest,
                method=method,
                params=dict(params or {}),
                json=body,
                timeout=(CONNECT_S, read_s),
                stream=most is not None,
            )
            return _told(response, most)
        except BaseNomadException as error:
            held: requests.Response | Exception = error.nomad_resp
            return _told(held, None) if isinstance(held, requests.Response) else held
        except requests.RequestException as error:
            return error


def segment(text: str) -> str:
    """Return `text` as one segment of a path: the id of a periodic run holds a slash."""
    return quote(text, safe="")


def _options(settings: NomadSettings) -> dict[str, Any]:
    both = settings.client_cert and settings.client_key
    return {
        "address": settings.address.rstrip("/"),
        "token": settings.token or None,
        "region": settings.region or None,
        "verify": settings.ca_file or True,
        "cert": (settings.client_cert, settings.client_key) if both else (),
        "session": session(),
    }


def _told(response: requests.Response, most: int | None) -> _Told:
    """Return the answer, or its first bytes, `most` of them and few more; then nobody listens."""
    with response:
        content = response.content if most is None else _first(response, most)
    index = int(response.headers.get("X-Nomad-Index") or 0)
    return _Told(response.status_code, response.reason, content, index)


def _first(response: requests.Response, most: int) -> bytes:
    found = bytearray()
    for piece in response.iter_content(_PIECE):
        found += piece
        if len(found) >= most:
            break
    return bytes(found)


def _refusal(told: _Told) -> ClusterError:
    status, text = told.status, words(told.content)
    kind = meaning(text) if status == 500 else kind_of(status)
    return kind(f"nomad: {text or told.reason or status}", server="nomad", status=status)


def _log_call(method: str, path: str, status: int | None, seconds: float) -> None:
    _log.info("nomad %s /v1/%s %s %.0f ms", method.upper(), path, status or "-", seconds * 1000)
