from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from local.cluster.consul.checks import Runner, probe

from .processes import free_ports


class _Checked(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.headers["Host"] == "shop.localhost":
            self.send_response(204)
        else:
            self.send_response(int(self.path.strip("/")), "As Asked")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Checked)
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("code", "status"),
    [(200, "passing"), (299, "passing"), (429, "warning"), (404, "critical"), (503, "critical")],
)
def test_the_status_follows_the_code(address: str, code: int, status: str) -> None:
    found, output = probe({"HTTP": f"http://{address}/{code}"})
    assert found == status
    assert output == f"HTTP GET http://{address}/{code}: {code} As Asked Output: "


def test_the_headers_of_the_check_are_sent(address: str) -> None:
    check = {"HTTP": f"http://{address}/503", "Header": {"Host": ["shop.localhost"]}}
    assert probe(check)[0] == "passing"


def test_the_method_of_the_check_is_used(address: str) -> None:
    assert probe({"HTTP": f"http://{address}/503", "Method": "POST"})[0] == "passing"


def test_a_tcp_check_wants_a_listener(address: str) -> None:
    assert probe({"TCP": address}) == ("passing", f"TCP connect {address}: Success")
    assert probe({"TCP": f"127.0.0.1:{free_ports(1)[0]}"})[0] == "critical"


@pytest.mark.parametrize("check", [{"HTTP": "http://127.0.0.1:1/"}, {"HTTP": "nonsense"},
                                   {"TCP": "127.0.0.1:nonsense"}])  # fmt: skip
def test_what_cannot_be_asked_is_critical(check: dict[str, str]) -> None:
    assert probe(check)[0] == "critical"


def test_an_answer_later_than_the_timeout_is_critical() -> None:
    with HTTPServer(("127.0.0.1", 0), _Checked) as silent:  # accepts, and never answers
        url = f"http://127.0.0.1:{silent.server_port}/200"
        late = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
        assert probe({"HTTP": url, "Timeout": "50ms"}) == ("critical", f'Get "{url}": {late}')


def test_a_refused_connection_is_said_in_consuls_words() -> None:
    address = f"127.0.0.1:{free_ports(1)[0]}"
    said = f"dial tcp {address}: connect: connection refused"
    assert probe({"TCP": address}) == ("critical", said)
    url = f"http://{address}/healthz"
    assert probe({"HTTP": url}) == ("critical", f'Get "{url}": {said}')


def test_each_definition_is_run_again_and_again_until_it_is_taken_away(address: str) -> None:
    reports: list[tuple[str, str]] = []
    three = threading.Semaphore(0)

    def report(check_id: str, status: str, output: str) -> None:
        reports.append((check_id, status))
        three.release()

    runner = Runner(report)
    check = {"HTTP": f"http://{address}/200", "Interval": "1ms"}
    runner.sync({"c": check})
    assert all(three.acquire(timeout=5) for _ in range(3))
    assert set(reports) == {("c", "passing")}
    runner.sync({"c": {**check, "HTTP": f"http://{address}/500"}})
    while reports[-1] != ("c", "critical"):
        assert three.acquire(timeout=5)
    runner.sync({})
    running = [t for t in threading.enumerate() if getattr(t, "_target", None) == runner._run]
    for thread in running:
        thread.join(5)
        assert not thread.is_alive()
