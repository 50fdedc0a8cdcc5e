"""The stand-in for a Consul agent: its endpoints over one State, and its command line."""

from __future__ import annotations

import argparse
import base64
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.cluster import store
from local.cluster.consul import catalog, kv
from local.cluster.consul import query as queries
from local.cluster.consul.checks import Runner
from local.cluster.consul.state import DATACENTER, NODE, Row, State
from local.cluster.web import Answer, Changes, Guard, Refusal, Request, Route, Server, run

HEADER = "X-Consul-Token"
SELF = {
    "Config": {"Datacenter": DATACENTER, "NodeName": NODE, "Server": True, "Version": "1.8.7"},
    "Member": {"Name": NODE, "Addr": "127.0.0.1", "Status": 1},
}
View = Callable[[State, Request], Any]

# path, what a blocking read waits for, the view (None: 404), whether it is empty without a token
READS: tuple[tuple[str, str, View, bool], ...] = (
    ("/v1/agent/self", "nodes", lambda state, request: SELF, False),
    ("/v1/agent/checks", "checks", lambda state, request: catalog.own_checks(state), True),
    ("/v1/agent/services", "services", lambda state, request: catalog.own(state), True),
    ("/v1/catalog/services", "services", lambda state, request: catalog.names(state), True),
    ("/v1/catalog/nodes", "nodes", lambda state, request: list(state.nodes.values()), True),
    ("/v1/catalog/service/{name}", "service:{name}", catalog.instances, True),
    ("/v1/health/service/{name}", "service:{name}", catalog.health_of, True),
    ("/v1/health/state/any", "checks", lambda state, request: catalog.all_checks(state), True),
    ("/v1/health/state/critical", "checks", lambda state, request: catalog.critical(state), True),
    ("/v1/kv/{key*}", "kv", kv.read, False),
    ("/v1/query", "queries", lambda state, request: list(state.queries.values()), False),
    ("/v1/query/{name}/execute", "queries", queries.execute, False),
)


def _register(state: State, request: Request) -> str:
    catalog.enter(state, body(request), "replace-existing-checks" in request.query)
    return ""


def _deregister(state: State, request: Request) -> str:
    catalog.drop_service(state, NODE, request.path["id"])
    return ""


def _catalog_register(state: State, request: Request) -> bool:
    catalog.enter_external(state, body(request))
    return True


def _catalog_deregister(state: State, request: Request) -> bool:
    catalog.drop_external(state, body(request))
    return True


def _put_key(state: State, request: Request) -> bool:
    size = len(request.body)
    if size > kv.LARGEST_VALUE:
        text = f"Request body({size} bytes) too large, max size: {kv.LARGEST_VALUE} bytes. See "
        raise Refusal(
            413, f"{text}https://www.consul.io/docs/agent/options.html#kv_max_value_size."
        )
    value = base64.b64encode(request.body).decode()
    return kv.write(state, request, "cas" if "cas" in request.query else "set", value)


def _delete_key(state: State, request: Request) -> bool:
    plain = "delete-tree" if "recurse" in request.query else "delete"
    return kv.write(state, request, "delete-cas" if "cas" in request.query else plain)


def _transact(state: State, request: Request) -> Answer:
    size = len(request.body)
    if size > kv.LARGEST_TRANSACTION:
        text = f"Request body({size} bytes) too large, max size: {kv.LARGEST_TRANSACTION} bytes."
        raise Refusal(
            413, f"{text} See https://www.consul.io/docs/agent/options.html#txn_max_req_len."
        )
    results, errors = kv.transact(state, kv.operations(body(request, list)))
    if errors:
        return Answer({"Results": None, "Errors": errors}, 409)
    return Answer({"Results": results, "Errors": None})


def _create_query(state: State, request: Request) -> Row:
    query_id = str(uuid.uuid4())
    queries.create(state, query_id, body(request))
    return {"ID": query_id}


WRITES: tuple[tuple[str, str, View], ...] = (
    ("PUT", "/v1/agent/service/register", _register),
    ("PUT", "/v1/agent/service/deregister/{id}", _deregister),
    ("PUT", "/v1/catalog/register", _catalog_register),
    ("PUT", "/v1/catalog/deregister", _catalog_deregister),
    ("PUT", "/v1/kv/{key*}", _put_key),
    ("DELETE", "/v1/kv/{key*}", _delete_key),
    ("PUT", "/v1/txn", _transact),
    ("POST", "/v1/query", _create_query),
)


def body(request: Request, kind: type = dict) -> Any:
    """The request's JSON of this kind; anything else is refused as Consul does."""
    try:
        given = request.json()
    except ValueError as error:
        raise Refusal(400, f"Request decode failed: {error}") from error
    if not isinstance(given, kind):
        raise Refusal(400, f"Request decode failed: json: this is no {kind.__name__}")
    return given


class Agent:
    """The state with its lock, its file, the readers that wait and the checks that run."""

    def __init__(self, path: Path, token: str) -> None:
        self.path = path
        self.guard = Guard(HEADER, token, lambda given: DENIED[bool(given)])
        self.lock = threading.Lock()
        self.changes = Changes()
        self.runner = Runner(self._report)
        self.state = State(store.load(path))
        self.write(catalog.boot)

    def routes(self) -> list[Route]:
        """The table of endpoints; all else is answered with 501."""
        leader = Route(
            "GET", "/v1/status/leader", lambda request: Answer(b'"127.0.0.1:8300"'), True
        )
        reads = [Route("GET", row[0], self._reader(*row), row[3]) for row in READS]
        writes = [Route(m, path, self._writer(call)) for m, path, call in WRITES]
        told = Route("PUT", "/v1/agent/check/update/{id}", self._tell)
        return [leader, *reads, *writes, told]

    def _reader(self, path: str, topic: str, view: View, public: bool) -> Callable[..., Answer]:
        def answer(request: Request) -> Answer:
            waits_for = topic.format(**request.path)
            named = public and self._named(request)
            self.changes.wait(request, lambda: self.state.seen(waits_for))
            with self.lock:
                found, index = view(self.state, request), self.state.seen(waits_for)
            found = type(found)() if public and not named else found
            headers = {"X-Consul-Index": str(index), "X-Consul-Knownleader": "true"}
            headers["X-Consul-Lastcontact"] = "0"
            return Answer("", 404, headers) if found is None else Answer(found, 200, headers)

        return answer

    def _named(self, request: Request) -> bool:
        """Whether a right token came; without any Consul shows an empty catalog, no refusal."""
        if HEADER not in request.headers and "Authorization" not in request.headers:
            return False
        self.guard.check(request.headers)
        return True

    def _writer(self, change: View) -> Callable[[Request], Answer]:
        def answer(request: Request) -> Answer:
            given = self.write(lambda state: change(state, request))
            return given if isinstance(given, Answer) else Answer(given)

        return answer

    def write(self, change: Callable[[State], Any]) -> Any:
        """What the change returns, once it is on disk and all who wait for it were woken."""
        with self.lock:
            try:
                result = change(self.state)
            except Refusal:
                self.state = State(store.load(self.path))  # it may have been half done
                raise
            store.save(self.path, self.state.document())
            self.runner.sync(self.state.definitions)
        self.changes.notify()
        return result

    def _tell(self, request: Request) -> Answer:
        given, check_id = body(request), request.path["id"]
        self._heard(lambda state, now: catalog.tell(state, check_id, given, now))
        return Answer(None)

    def _report(self, check_id: str, status: str, output: str) -> None:
        self._heard(lambda state, now: catalog.report(state, check_id, status, output, now))

    def _heard(self, take_in: Callable[[State, float], None]) -> None:
        """Takes in what a check found; only what changes the catalog goes to the disk at once."""
        with self.lock:
            before, now = self.state.index, time.time()
            take_in(self.state, now)
            catalog.expire(self.state, now)
            catalog.reap(self.state, now)
        if self.state.index != before:
            self.write(lambda state: None)


DENIED = {True: "ACL not found", False: "Permission denied"}


class ConsulServer(Server):
    """Demands the token, but not in the address, from where it would reach logs."""

    def __init__(self, port: int, agent: Agent) -> None:
        super().__init__(port, agent.routes(), agent.guard)

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if "token=" in target.partition("?")[2]:
            raise Refusal(400, f"a token in the address is refused: send it as {HEADER}")
        return super().answer(method, target, headers, body)


def main() -> None:
    """The command line; the token to demand is in CONSUL_HTTP_TOKEN."""
    parser = argparse.ArgumentParser(description="A stand-in for a Consul agent.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    given, token = parser.parse_args(), os.environ.get("CONSUL_HTTP_TOKEN", "")
    if not token:
        parser.error("CONSUL_HTTP_TOKEN must hold the token to demand")
    agent = Agent(given.state / "consul.json", token)
    run(ConsulServer(given.port, agent))


if __name__ == "__main__":
    main()
