"""Runs the checks of registered services: HTTP and TCP, each on a thread of its own.

One with a TTL is run by who registered it, which tells what it found.
"""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from urllib.parse import urlsplit

from local.cluster.consul.state import Row
from local.cluster.web import Refusal, open_direct, seconds

MOST_OUTPUT = 4096
LATE = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
Report = Callable[[str, str, str], None]


def validate(check: Row) -> None:
    """Raises Refusal for a check that Consul refuses, and for a kind that is not run here."""
    if check.get("TTL"):
        if seconds(check["TTL"]) <= 0:
            raise Refusal(400, "Invalid check: TTL must be > 0 for TTL checks")
        return
    if not (check.get("HTTP") or check.get("TCP")):
        raise Refusal(501, "the local cluster knows HTTP, TCP and TTL checks only")
    if seconds(check.get("Interval") or "") <= 0:
        text = "Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks"
        raise Refusal(400, text)


def probe(check: Row) -> tuple[str, str]:
    """(status, output) of one run, in Consul's words: 2xx passes, 429 warns, all else fails."""
    timeout_s = seconds(check.get("Timeout") or "", 10.0)
    try:
        return _tcp(check["TCP"], timeout_s) if check.get("TCP") else _http(check, timeout_s)
    except (OSError, ValueError, HTTPException) as error:
        return "critical", _said(check, error)


def _said(check: Row, error: Exception) -> str:
    """The failure as Consul says it, as far as Go has words of its own for it."""
    cause = getattr(error, "reason", error)
    address = check.get("TCP") or urlsplit(check["HTTP"]).netloc
    if isinstance(cause, ConnectionRefusedError):
        said = f"dial tcp {address}: connect: connection refused"
    elif isinstance(cause, TimeoutError):
        said = f"dial tcp {address}: i/o timeout" if check.get("TCP") else LATE
    elif isinstance(cause, RemoteDisconnected):
        said = "EOF"
    elif isinstance(cause, ConnectionResetError):
        said = f"read tcp {address}: read: connection reset by peer"
    elif isinstance(cause, BadStatusLine):
        said = f'malformed HTTP response "{cause.args[0]}"'
    else:
        said = str(error)
    return said if check.get("TCP") else f'Get "{check["HTTP"]}": {said}'


def _tcp(address: str, timeout_s: float) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), timeout_s):
        return "passing", f"TCP connect {address}: Success"


def _http(check: Row, timeout_s: float) -> tuple[str, str]:
    method, url = check.get("Method") or "GET", check["HTTP"]
    headers = {name: ", ".join(values) for name, values in (check.get("Header") or {}).items()}
    request = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310
    try:
        with open_direct(request, timeout=timeout_s) as answer:
            code, reason, body = answer.status, answer.reason, answer.read(MOST_OUTPUT)
    except urllib.error.HTTPError as error:
        with error:
            code, reason, body = error.code, error.reason, error.read(MOST_OUTPUT)
    status = "passing" if 200 <= code < 300 else "warning" if code == 429 else "critical"
    return status, f"HTTP {method} {url}: {code} {reason} Output: {body.decode(errors='replace')}"


class Runner:
    """Keeps one thread for each check that is defined now."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._running: dict[str, tuple[Row, threading.Event]] = {}
        self._lock = threading.Lock()

    def sync(self, definitions: dict[str, Row]) -> None:
        """Starts, restarts and ends threads, so that each definition has its own."""
        wanted = {key: _essence(row) for key, row in definitions.items() if not row.get("TTL")}
        with self._lock:
            for check_id, (definition, ended) in list(self._running.items()):
                if wanted.get(check_id) != definition:
                    ended.set()
                    del self._running[check_id]
            for check_id in wanted.keys() - self._running.keys():
                self._start(check_id, wanted[check_id])

    def _start(self, check_id: str, definition: Row) -> None:
        ended = threading.Event()
        self._running[check_id] = definition, ended
        threading.Thread(target=self._run, args=(check_id, definition, ended), daemon=True).start()

    def _run(self, check_id: str, definition: Row, ended: threading.Event) -> None:
        while not ended.is_set():
            status, output = probe(definition)
            if not ended.is_set():
                self._report(check_id, status, output)
            ended.wait(seconds(definition["Interval"]))


def _essence(definition: Row) -> Row:
    return {key: value for key, value in definition.items() if key != "critical_since"}
