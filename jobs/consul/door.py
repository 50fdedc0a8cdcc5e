"""The one module that talks to Consul: time-outs, retries, errors and the log line of a call.

py-consul carries the request by its `http` object. Its endpoint objects are not used: they send
no token with a transaction or a prepared query (and write it into the query), and its callbacks
keep a status only as text.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any
from urllib.parse import urlsplit

import consul
import requests

from jobs.attempts import Patience, persist
from jobs.breaker import Breaker
from jobs.consul.settings import ConsulSettings
from jobs.consul.texts import meaning
from jobs.errors import ClusterError, Forbidden, Unavailable
from jobs.failures import kind_of, unreachable, words
from jobs.session import session

READ_S = 10.0
_FILTERED = "X-Consul-Results-Filtered-By-ACLs"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """An answer as py-consul hands it to a callback: `X-Consul-Index` is text there."""

    status: int
    headers: Mapping[str, str]
    content: str

    @property
    def index(self) -> int:
        """The index that a blocking query would go on from, 0 where none was sent."""
        return int(self.headers.get("X-Consul-Index") or 0)

    def json(self) -> Any:
        """Return the decoded body; raises Unavailable for anything that is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            pass
        raise Unavailable("consul answered with something else than JSON", server="consul")


class Door:
    """Sends requests to one Consul. Threads may share it; after a fork make a new one."""

    def __init__(self, settings: ConsulSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._http = _http(settings)
        self._breaker = Breaker("consul")

    def ask(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Return the answer to a call that may be repeated, which it is while Consul is away."""
        return persist(lambda: self.tell(method, path, params, body), self._patience)

    def tell(
        self, method: str, path: str, params: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Return the answer to a call that is sent once: on Unavailable its effect is unknown."""
        started = time.monotonic()
        with self._breaker.around() as note:
            outcome = self._send(method, path, params, body)
            note(outcome)
        status = outcome.status if isinstance(outcome, Answer) else None
        _log_call(method, path, status, time.monotonic() - started)
        if not isinstance(outcome, Answer):
            raise unreachable(outcome, "consul", self._settings.address)
        if outcome.status >= 300:
            raise _refusal(outcome)
        if outcome.headers.get(_FILTERED) == "true":
            # A list with holes would read as "nothing there": unknown is not zero.
            raise Forbidden("consul: the token may not read all of this list", server="consul")
        return outcome

    def _send(
        self, method: str, path: str, params: Mapping[str, str] | None, body: Any
    ) -> Answer | Exception:
        """Return the answer, whatever its status, or the exception that came instead."""
        send = getattr(self._http, method)
        extra = {} if method == "get" else {"data": json.dumps(body) if body is not None else ""}
        try:
            answer: Answer = send(_read, f"/v1/{path}", list((params or {}).items()), **extra)
        except requests.RequestException as error:
            return error
        return answer


def _read(response: Any) -> Answer:
    return Answer(response.code, response.headers, response.body)


def _http(settings: ConsulSettings) -> Any:
    """Return py-consul's HTTP object on a session of ours, which carries the token."""
    url = urlsplit(settings.address if "//" in settings.address else f"//{settings.address}")
    scheme = url.scheme or "http"
    client = consul.Consul(
        host=_host(url.hostname or "127.0.0.1"),
        port=url.port or (443 if scheme == "https" else 8500),
        scheme=scheme,
        verify=settings.ca_file or True,
        connections_timeout=READ_S,
    )
    # py-consul adds a token only in its endpoint objects, where CONSUL_HTTP_TOKEN of the
    # environment beats the argument. By `http` alone none is added: it is the session's.
    client.http.session = session()
    if settings.token:
        client.http.session.headers["X-Consul-Token"] = settings.token
    return client.http


def _host(name: str) -> str:
    """Return the host as a URL needs it: urlsplit takes an IPv6 address out of its brackets."""
    return f"[{name}]" if ":" in name else name


def _refusal(answer: Answer) -> ClusterError:
    text = words(answer.content.encode())
    kind = meaning(text) if answer.status == 500 else kind_of(answer.status)
    return kind(
        f"consul: {text or responses.get(answer.status)}", server="consul", status=answer.status
    )


def _log_call(method: str, path: str, status: int | None, seconds: float) -> None:
    _log.info("consul %s /v1/%s %s %.0f ms", method.upper(), path, status or "-", seconds * 1000)
