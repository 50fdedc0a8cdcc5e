from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from local.launch.configured import Configured, check, http_address, read
from local.launch.ports import any_free
from local.launch.problem import Problem


@contextmanager
def agent(answer: Callable[[str], object]) -> Iterator[str]:
    """The address of a server that answers each path with JSON."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_nothing_set_means_everything_embedded() -> None:
    assert read({}) == Configured(database=False, queue=False, cluster=False)


@pytest.mark.parametrize(
    ("name", "missing"),
    [("NOMAD_ADDR", "CONSUL_HTTP_ADDR"), ("CONSUL_HTTP_ADDR", "NOMAD_ADDR")],
)
def test_half_a_cluster_is_refused_by_name(name: str, missing: str) -> None:
    with pytest.raises(Problem, match=f"{name} is set and {missing} is not"):
        read({name: "http://10.0.0.1:4646"})


def test_a_database_and_a_queue_that_answer_are_shown_with_their_version() -> None:
    lines = check(Configured(database=True, queue=True, cluster=False), os.environ)

    assert lines[0].startswith("DATABASE_URL: Postgres 18, muster_app@127.0.0.1")
    assert lines[1].startswith("DATABASE_OWNER_URL: Postgres 18, muster_owner@127.0.0.1")
    assert lines[2].startswith("REDIS_URL: Valkey 9")


def test_a_database_that_does_not_answer_says_what_was_found() -> None:
    environ = {"DATABASE_URL": f"postgres://me:secret@127.0.0.1:{any_free()}/mine"}

    with pytest.raises(Problem, match=r"DATABASE_URL is set, .*refused") as raised:
        check(Configured(database=True, queue=False, cluster=False), environ)
    assert "secret" not in str(raised.value)


def test_a_queue_with_another_password_says_what_was_found() -> None:
    environ = {"REDIS_URL": os.environ["REDIS_URL"].replace("redis://:", "redis://:not")}

    with pytest.raises(Problem, match=r"REDIS_URL is set, .*invalid username-password"):
        check(Configured(database=False, queue=True, cluster=False), environ)


CLUSTER = Configured(database=False, queue=False, cluster=True)


def test_a_cluster_with_a_leader_and_an_edge_is_shown() -> None:
    with agent(lambda path: [{}] if "traefik" in path else "10.0.0.1:8300") as address:
        environ = {"NOMAD_ADDR": f"http://{address}", "CONSUL_HTTP_ADDR": address}

        assert check(CLUSTER, environ) == (
            "NOMAD_ADDR: Nomad, leader 10.0.0.1:8300",
            "CONSUL_HTTP_ADDR: Consul, leader 10.0.0.1:8300, edges: 1",
        )


def test_a_cluster_without_a_leader_is_refused() -> None:
    with agent(lambda path: "") as address:
        environ = {"NOMAD_ADDR": f"http://{address}", "CONSUL_HTTP_ADDR": address}

        with pytest.raises(Problem, match=r"NOMAD_ADDR: Nomad at .* has no leader"):
            check(CLUSTER, environ)


def test_a_cluster_without_an_edge_is_refused() -> None:
    with agent(lambda path: [] if "traefik" in path else "10.0.0.1:8300") as address:
        environ = {"NOMAD_ADDR": f"http://{address}", "CONSUL_HTTP_ADDR": address}

        with pytest.raises(Problem, match="no passing service named traefik"):
            check(CLUSTER, environ)


@pytest.mark.parametrize(
    ("address", "environ", "url"),
    [
        ("127.0.0.1:8500", {}, "http://127.0.0.1:8500"),
        ("127.0.0.1:8501", {"CONSUL_HTTP_SSL": "true"}, "https://127.0.0.1:8501"),
        ("https://consul.example", {}, "https://consul.example"),
    ],
)
def test_consuls_address_may_lack_its_scheme(
    address: str, environ: dict[str, str], url: str
) -> None:
    assert http_address(address, environ) == url
