"""Follows Consul: what the edge routes, by blocking queries, and its own registration."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from local.cluster.edge.config import Config, build
from local.cluster.say import say
from local.cluster.web import open_direct

WAIT_S = 60.0
AGAIN_S = 0.5
ENABLED = "traefik.enable=true"


class Consul:
    """The few calls that the edge makes."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address.rstrip("/"), token

    def call(self, method: str, path: str, body: Any = None) -> tuple[Any, int]:
        """(the answer, its index); None for 404. Raises OSError or ValueError for all else."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Consul-Token": self._token, "Content-Type": "application/json"}
        request = urllib.request.Request(  # noqa: S310
            self._address + path, data, headers, method=method
        )
        try:
            with open_direct(request, timeout=WAIT_S + 10) as answer:
                text, index = answer.read(), answer.headers.get("X-Consul-Index")
        except urllib.error.HTTPError as error:
            with error:
                text, index = error.read(), error.headers.get("X-Consul-Index")
            if error.code != 404:
                raise OSError(f"{method} {path}: {error.code} {text.decode()}") from error
            text = b""
        return (json.loads(text) if text else None), int(index or 0)


class Watch:
    """Keeps `publish` told of the newest configuration; without Consul the last one stands."""

    def __init__(self, consul: Consul, root: str, publish: Callable[[Config], None]) -> None:
        self._consul, self._root, self._publish = consul, root, publish
        self._pairs: Mapping[str, str] = {}
        self._catalog: Mapping[str, Any] = {}
        self._lock = threading.Lock()
        self._stale, self._ended = threading.Event(), threading.Event()

    def start(self) -> None:
        """Starts the threads that follow."""
        for path, found in (
            (f"/v1/kv/{self._root}/?recurse=true", self._take_pairs),
            ("/v1/catalog/services?", lambda _: self._stale.set()),
            ("/v1/health/state/any?", lambda _: self._stale.set()),
        ):
            threading.Thread(target=self._follow, args=(path, found), daemon=True).start()
        threading.Thread(target=self._read_catalog, daemon=True).start()

    def stop(self) -> None:
        """The threads end as soon as their queries are answered."""
        self._ended.set()
        self._stale.set()

    def _follow(self, path: str, found: Callable[[Any], None]) -> None:
        index, failing = 0, False
        while not self._ended.is_set():
            try:
                body, now = self._consul.call("GET", f"{path}&index={index}&wait={WAIT_S:g}s")
            except (OSError, ValueError) as error:
                if not failing:
                    _say(error)
                index, failing = 0, True
                self._ended.wait(AGAIN_S)
                continue
            failing = False
            if now != index or not now:
                found(body)
            index = now if now >= index else 0  # a Consul that starts anew counts anew

    def _take_pairs(self, rows: Any) -> None:
        cut = len(self._root) + 1
        pairs = {row["Key"][cut:]: b64decode(row["Value"] or "").decode() for row in rows or []}
        self._build(pairs=pairs)

    def _read_catalog(self) -> None:
        while self._stale.wait() and not self._ended.is_set():
            self._stale.clear()
            try:
                names, _ = self._consul.call("GET", "/v1/catalog/services")
                enabled = [name for name, tags in names.items() if ENABLED in tags]
                self._build(catalog={name: self._instances(name) for name in enabled})
            except (OSError, ValueError):
                self._stale.set()
                self._ended.wait(AGAIN_S)

    def _instances(self, name: str) -> tuple[list[str], list[str]]:
        rows, _ = self._consul.call("GET", f"/v1/health/service/{name}")
        rows = [row for row in rows if ENABLED in row["Service"]["Tags"] and not _failing(row)]
        tags = [tag for row in rows for tag in row["Service"]["Tags"]]
        return tags, [_url(row) for row in rows]

    def _build(self, **changed: Any) -> None:
        with self._lock:
            self._pairs = changed.get("pairs", self._pairs)
            self._catalog = changed.get("catalog", self._catalog)
            try:
                config = build(self._pairs, self._catalog)
            except ValueError as error:  # such as a priority that is no number
                _say(error)
                return
            self._publish(config)


def _say(error: Exception) -> None:
    say(f"the edge keeps its configuration: {error}")


def _failing(row: Any) -> bool:
    return any(check["Status"] not in ("passing", "warning") for check in row["Checks"])


def _url(row: Any) -> str:
    host = row["Service"]["Address"] or row["Node"]["Address"]
    return f"http://{host}:{row['Service']['Port']}"


def register(consul: Consul, service: Mapping[str, Any], ended: threading.Event) -> None:
    """Keeps the edge's own service in Consul until `ended`, also when Consul lost it."""
    while not ended.wait(AGAIN_S):
        try:
            known, _ = consul.call("GET", "/v1/agent/services")
            if service["ID"] not in known:
                consul.call("PUT", "/v1/agent/service/register", service)
        except (OSError, ValueError):
            continue  # the watches say so already
