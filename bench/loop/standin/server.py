"""The stand-in's door: one address for Nomad, Consul and the edge's API, as far as they are asked.

An unknown path is a loud error: 501, and counted.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.loop.standin.cluster import Cluster, Conflicting
from bench.loop.standin.instances import ADDRESS, NODE

ROUTES_KEY = "traefik/http/"
ROUTES_INDEX = 50
_QUERY = {
    "ID": "00000000-0000-0000-0000-000000000001", "Name": "",
    "Template": {"Type": "name_prefix_match", "Regexp": "", "RemoveEmptyTags": False},
    "Service": {"Service": "traefik", "OnlyPassing": True},
}  # fmt: skip
_PLAN = {
    "Annotations": {"DesiredTGUpdates": {"main": {"InPlaceUpdate": 1}}},
    "Diff": {"Type": "None", "ID": "", "Fields": None, "Objects": None, "TaskGroups": None},
    "FailedTGAllocs": None, "JobModifyIndex": 0, "Warnings": "",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    index: int | None = None
    """Where it has one of its own."""


@dataclass
class Answers:
    """The answers to everything that is asked of a cell; threads share it."""

    cluster: Cluster
    specs: Mapping[str, bytes]
    routes: bytes
    api: str
    asked: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, path: str, query: Mapping[str, list[str]]) -> Answer:
        """The answer to a GET."""
        now = time.time()
        self.asked[_kind(path)] += 1
        if path == "/v1/allocations":
            return self._locked(lambda: self._allocations(query, now))
        if path == "/v1/health/state/any":
            return self._locked(lambda: self.cluster.checks(now))
        if path == "/v1/health/state/critical":
            return self._locked(lambda: self._none_critical(now))
        if path == "/edge/metrics":
            return self._locked(lambda: self.cluster.metrics(now), "text/plain")
        if path == "/v1/health/service/traefik":
            return _json([_edge(self.api)])
        if path == "/v1/query":
            return _json([_QUERY])
        if path == f"/v1/kv/{ROUTES_KEY}":
            return Answer(self.routes if "recurse" in query else b"[]", index=ROUTES_INDEX)
        if path == "/bench":
            return self._locked(lambda: json.dumps(self._report(now)).encode())
        if path.startswith("/v1/job/"):
            return self._job(path.removeprefix("/v1/job/"))
        return self._unknown("GET", path)

    def post(self, path: str, body: Any) -> Answer:
        """The answer to a POST."""
        now = time.time()
        name, _, verb = path.removeprefix("/v1/job/").rpartition("/")
        self.asked[f"POST {verb}"] += 1
        if path == "/bench/begin":
            return self._locked(lambda: self._begin(now))
        if name in self.specs and verb == "scale":
            return self._scale(name, body, now)
        if name in self.specs and verb == "plan":
            return _json(_PLAN)
        return self._unknown("POST", path)

    def _allocations(self, query: Mapping[str, list[str]], now: float) -> bytes:
        if "prefix" in query:
            return self.cluster.allocation(query["prefix"][0], now)
        if query.get("task_states") == ["true"]:
            return self.cluster.allocations(now)
        return self.cluster.stubs(now, int(query.get("per_page", ["0"])[0]))

    def _none_critical(self, now: float) -> bytes:
        self.cluster.advance(now)
        return b"[]"

    def _job(self, path: str) -> Answer:
        name, _, verb = path.partition("/")
        if name not in self.specs:
            return Answer(b"job not found", 404, "text/plain")
        if verb == "scale":
            counts = self.cluster.counts()
            group = {"Desired": counts.get(name, 0), "Running": counts.get(name, 0), "Events": []}
            return _json({"JobID": name, "TaskGroups": {"main": group}})
        return self._locked(lambda: self.cluster.job(name, self.specs[name]))

    def _scale(self, name: str, body: Any, now: float) -> Answer:
        with self.lock:
            try:
                index = self.cluster.scale(name, body["Count"], body["JobModifyIndex"], now)
            except Conflicting as error:
                text = f"Enforcing job modify index {body['JobModifyIndex']}: {error}"
                return Answer(text.encode(), 500, "text/plain")
        evaluation = "00000000-0000-0000-0000-000000000002"
        return _json(
            {
                "EvalID": evaluation,
                "EvalCreateIndex": index,
                "JobModifyIndex": index,
                "Index": index,
            }
        )

    def _begin(self, now: float) -> bytes:
        self.cluster.begin(now)
        return b"{}"

    def _report(self, now: float) -> dict[str, Any]:
        self.cluster.advance(now)
        found = [(each.at, each.asked) for each in self.cluster.breaches if each.at <= now]
        return {"now": now, "breaches": found, "asked": dict(self.asked)}

    def _locked(self, make: Any, kind: str = "application/json") -> Answer:
        with self.lock:
            return Answer(make(), kind=kind)

    def _unknown(self, method: str, path: str) -> Answer:
        self.asked[f"unknown: {method} {path}"] += 1
        return Answer(f"the stand-in does not answer {method} {path}".encode(), 501, "text/plain")


class Server(ThreadingHTTPServer):
    """A thread a connection."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answers: Answers) -> None:
        self.answers = answers
        super().__init__((ADDRESS, port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer a GET."""
        url = urlsplit(self.path)
        query = parse_qs(url.query, keep_blank_values=True)
        self._send(self.server.answers.get(url.path, query))

    def do_POST(self) -> None:
        """Answer a POST; PUT is the same here."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw else None
        self._send(self.server.answers.post(urlsplit(self.path).path, body))

    do_PUT = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: every request would be a line."""

    def _send(self, answer: Answer) -> None:
        index = answer.index or self.server.answers.cluster.index
        head = (
            f"HTTP/1.1 {answer.status} -\r\nContent-Type: {answer.kind}\r\n"
            f"Content-Length: {len(answer.body)}\r\nX-Nomad-Index: {index}\r\n"
            f"X-Consul-Index: {index}\r\nX-Consul-Knownleader: true\r\n\r\n"
        )
        # One packet for a small answer: a head alone would wait for its acknowledgement.
        self.wfile.write(head.encode() + answer.body)


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value, separators=(",", ":")).encode())


def _edge(api: str) -> dict[str, Any]:
    meta = {"api": api, "web": f"{ADDRESS}:80", "private": f"{ADDRESS}:81", "direct": "-"}
    return {
        "Node": {"Node": NODE, "Address": ADDRESS},
        "Service": {"ID": "traefik", "Service": "traefik", "Address": ADDRESS, "Port": 81,
                    "Tags": [], "Meta": meta},
        "Checks": [{"Status": "passing", "ServiceID": "traefik", "ServiceName": "traefik"}],
    }  # fmt: skip


def _kind(path: str) -> str:
    parts = path.strip("/").split("/")
    return "GET job" if parts[:2] == ["v1", "job"] else f"GET {path}"
