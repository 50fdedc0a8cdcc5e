"""What the edge does with a request, over sockets: bodies, headers, retries, connections."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from http.client import IncompleteRead
from http.server import ThreadingHTTPServer

import pytest

from local.cluster.edge import upstream as edge_upstream
from local.cluster.edge.config import build

from .backends import Edge, edge, heard, routing, talking, telling, url
from .processes import free_ports, until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def instance() -> Iterator[ThreadingHTTPServer]:
    with telling() as running:
        yield running


@pytest.fixture
def web(instance: ThreadingHTTPServer) -> Iterator[Edge]:
    with edge(routing(url(instance))) as running:
        yield running


def nobody() -> str:
    return f"http://127.0.0.1:{free_ports(1)[0]}"


def counted(at: Edge, labels: str) -> int:
    """How many requests the metrics show with these labels."""
    text = at.shared.metrics.text({"shop@consulcatalog"})
    found = re.search(rf"_requests_total{{{re.escape(labels)}}} (\d+)", text)
    return int(found[1]) if found else 0


def service(code: int, method: str = "GET", protocol: str = "http") -> str:
    return f'code="{code}",method="{method}",protocol="{protocol}",service="shop@consulcatalog"'


def test_what_no_router_takes_is_404_in_traefiks_words() -> None:
    with edge(build({}, {})) as web, web.ask() as answer:
        assert (answer.status, answer.read()) == (404, b"404 page not found\n")


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "BREW"])
def test_every_method_is_passed_on(web: Edge, method: str) -> None:
    assert web.told(method, "/a%2Fb?c=d&e")["method"] == method


def test_path_and_query_arrive_as_they_were_sent(web: Edge) -> None:
    assert web.told("GET", "/a%2Fb/?c=d&e=%20")["path"] == "/a%2Fb/?c=d&e=%20"


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [("//a//b", "/a/b"), ("/a/../b", "/b"), ("/a/./", "/a/"), ("/..", "/"), ("/a/..", "/")],
)
def test_empty_and_dotted_parts_of_a_path_are_taken_out(web: Edge, sent: str, arrives: str) -> None:
    assert web.told("GET", sent)["path"] == arrives


def test_the_edge_says_itself_who_asks(web: Edge) -> None:
    forged = {"X-Forwarded-For": "9.9.9.9", "X-Real-Ip": "9.9.9.9", "X-Forwarded-Prefix": "/x"}
    sent = web.told(headers={**forged, "Host": "shop.localhost:1", "X-Mine": "kept"})
    headers = dict(sent["headers"])  # type: ignore[call-overload]
    assert headers["x-forwarded-for"] == headers["x-real-ip"] == "127.0.0.1"
    assert headers["x-forwarded-host"] == headers["host"] == "shop.localhost:1"
    assert (headers["x-forwarded-proto"], headers["x-mine"]) == ("http", "kept")
    assert "x-forwarded-prefix" not in headers


def test_headers_for_the_next_hop_only_are_not_passed_on(web: Edge) -> None:
    hop = {"Connection": "keep-alive, X-Hop", "X-Hop": "1", "Keep-Alive": "1", "TE": "trailers"}
    sent = dict(web.told(headers=hop)["headers"])  # type: ignore[call-overload]
    assert not {"connection", "x-hop", "keep-alive", "te"} & set(sent)


def test_a_prefix_is_stripped_and_told() -> None:
    pairs = {"http/middlewares/s/stripPrefix/prefixes/0": "/~shop"}
    pairs |= {"http/routers/all/middlewares/1": "s"}
    with telling() as instance, edge(routing(url(instance), pairs=pairs)) as web:
        found = {
            path: web.told("GET", path) for path in ("/~shop", "/~shop/", "/~shop/a?b=c", "/x")
        }
    assert [each["path"] for each in found.values()] == ["/", "/", "/a?b=c", "/x"]
    assert ["x-forwarded-prefix", "/~shop"] in found["/~shop"]["headers"]  # type: ignore[operator]
    assert "x-forwarded-prefix" not in str(found["/x"]["headers"])


def test_a_header_is_set_whatever_the_client_sent() -> None:
    pairs = {"http/middlewares/h/headers/customRequestHeaders/X-Muster-Fallback": "shop"}
    pairs |= {"http/routers/all/middlewares/1": "h"}
    with telling() as instance, edge(routing(url(instance), pairs=pairs)) as web:
        sent = web.told(headers={"x-muster-fallback": "forged"})["headers"]
    assert [each for each in sent if each[0] == "x-muster-fallback"] == [  # type: ignore[attr-defined]
        ["x-muster-fallback", "shop"]
    ]


def test_repeated_headers_of_an_answer_stay_apart(web: Edge) -> None:
    with web.ask() as answer:
        assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


@pytest.mark.parametrize("size", [0, 1, 70_000, 3_000_000])
def test_a_body_of_known_length_arrives_whole(web: Edge, size: int) -> None:
    assert web.told("POST", body=b"x" * size)["body"] == "x" * size


def test_a_chunked_body_arrives_whole(web: Edge) -> None:
    pieces = [b"a" * 10, b"b" * 100_000, b"c"]
    sent = web.told("POST", body=iter(pieces), encode_chunked=True)
    assert sent["body"] == b"".join(pieces).decode()
    until(lambda: web.shared.balance.in_flight() == 0)


def test_a_client_that_waits_for_100_gets_it(web: Edge) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(web.address, 10) as connection:
        connection.sendall(head)
        assert connection.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(b"ok")
        assert b'"body": "ok"' in connection.recv(65536)


@pytest.mark.parametrize(
    "head",
    ["Content-Length: 1\r\nContent-Length: 2", "Content-Length: 1\r\nTransfer-Encoding: chunked",
     "Content-Length: -1", "Content-Length: +1", "Transfer-Encoding: gzip, chunked"],
)  # fmt: skip
def test_a_body_whose_end_is_not_clear_is_refused(web: Edge, head: str) -> None:
    answer = web.raw(f"POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\nx".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert counted(web, service(200, "POST")) == 0


def test_an_answer_before_the_body_reaches_the_client() -> None:
    with edge(build({}, {})) as web, web.ask("POST", body=b"x" * 200_000) as answer:
        assert answer.status == 404
        assert answer.headers["Connection"] == "close"


def test_head_has_a_length_and_no_body(web: Edge) -> None:
    connection = web.connect()
    for _ in range(2):  # a stray body would break the second answer
        connection.request("HEAD", "/")
        answer = connection.getresponse()
        assert int(answer.headers["Content-Length"]) > 0
        assert answer.read() == b""
    connection.close()


ANSWERS = {
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
    "closed": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc",
    "old": b"HTTP/1.0 200 OK\r\n\r\nabc",
    "measured": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_is_framed_for_its_client(kind: str) -> None:
    def talk(connection: socket.socket) -> None:
        if heard(connection):
            connection.sendall(ANSWERS[kind])

    with talking(talk) as address, edge(routing(address)) as web:
        with web.ask() as answer:
            assert answer.read() == b"abc"
            assert (answer.headers["Transfer-Encoding"] is None) == (kind == "measured")
        old = web.raw(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")
    assert old.endswith(b"\r\n\r\nabc")
    assert b"Transfer-Encoding" not in old


def test_pieces_of_a_stream_come_as_soon_as_they_are_there() -> None:
    go_on = threading.Event()

    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        go_on.wait(10)
        connection.sendall(b"4\r\nlast\r\n0\r\n\r\n")

    accept = {"Accept": "text/event-stream"}
    with talking(talk) as address, edge(routing(address)) as web:
        with web.ask(headers=accept) as answer:
            assert answer.read1() == b"first"
            go_on.set()
            assert answer.read() == b"last"
        assert until(lambda: counted(web, service(200, protocol="sse")))


@pytest.mark.parametrize("head", [b"Content-Length: 100", b"Transfer-Encoding: chunked"])
def test_an_answer_that_breaks_off_is_never_taken_for_the_whole(head: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n5\r\nabcde\r\n")

    with talking(talk) as address, edge(routing(address)) as web:
        answer = web.ask()
        with answer, pytest.raises((IncompleteRead, ConnectionError)):
            answer.read()


def test_one_connection_serves_many_requests_on_both_sides(
    web: Edge, instance: ThreadingHTTPServer
) -> None:
    connection = web.connect()
    for _ in range(5):
        connection.request("GET", "/")
        connection.getresponse().read()
    connection.close()
    assert instance.connections == 1  # type: ignore[attr-defined]


def test_a_kept_connection_that_the_instance_closed_costs_no_request() -> None:
    def talk(connection: socket.socket) -> None:
        if heard(connection):
            connection.sendall(OK)  # and hangs up, without having said so

    with talking(talk) as address, edge(routing(address, retry=False)) as web:
        for method in ("GET", "POST", "HEAD", "DELETE") * 5:
            with web.ask(method) as answer:
                assert answer.status == 200


def test_a_kept_connection_that_dies_with_the_request_is_replaced_for_a_get() -> None:
    def talk(connection: socket.socket) -> None:
        if heard(connection):
            connection.sendall(OK)
        heard(connection)  # takes the next request, and hangs up without an answer

    with talking(talk) as address, edge(routing(address, retry=False)) as web:
        for _ in range(10):
            with web.ask() as answer:
                assert (answer.status, answer.read()) == (200, b"ok")


def test_what_must_not_be_sent_twice_is_never_sent_over_a_kept_connection(
    web: Edge, instance: ThreadingHTTPServer
) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        web.told(method)
    assert instance.connections == 4  # type: ignore[attr-defined]


def test_a_request_that_an_instance_took_is_not_sent_again() -> None:
    requests = []

    def talk(connection: socket.socket) -> None:
        requests.append(heard(connection))

    with talking(talk) as address, edge(routing(address)) as web:
        for method in ("POST", "GET"):
            with web.ask(method) as answer:
                assert (answer.status, answer.read()) == (502, b"Bad Gateway")
    assert len(requests) == 2


def test_a_refused_connection_is_hidden_by_another_instance(instance: ThreadingHTTPServer) -> None:
    with edge(routing(nobody(), url(instance))) as web:
        for _ in range(10):
            assert web.told("POST", body=b"whole")["body"] == "whole"


def test_without_the_middleware_a_refused_connection_is_502(instance: ThreadingHTTPServer) -> None:
    with edge(routing(nobody(), url(instance), retry=False)) as web:
        found = []
        for _ in range(4):
            with web.ask() as answer:
                found.append(answer.status)
    assert sorted(found) == [200, 200, 502, 502]


def test_each_attempt_counts_as_a_request_of_the_service() -> None:
    with edge(routing(nobody())) as web:
        with web.ask() as answer:
            assert (answer.status, answer.read()) == (502, b"Bad Gateway")
        entry_point = 'code="502",entrypoint="web",method="GET",protocol="http"'
        assert until(lambda: counted(web, entry_point)) == 1
        assert counted(web, service(502)) == 3


def test_an_instance_that_takes_no_connection_in_time_is_504(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(edge_upstream, "DIAL_TIMEOUT_S", 0.05)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        with (
            edge(routing(f"http://127.0.0.1:{address[1]}", retry=False)) as web,
            web.ask() as answer,
        ):
            assert (answer.status, answer.read()) == (504, b"Gateway Timeout")
        for each in waiting:
            each.close()


def test_a_service_without_servers_is_503() -> None:
    pairs = {"http/routers/all/service": "none", "http/services/none/loadBalancer/strategy": "wrr"}
    with edge(routing(pairs=pairs)) as web, web.ask() as answer:
        assert (answer.status, answer.read()) == (503, b"no available server")


def test_a_request_in_flight_ends_after_its_instance_left_the_configuration() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def talk(connection: socket.socket) -> None:
        heard(connection)
        arrived.set()
        go_on.wait(10)
        connection.sendall(OK)

    with talking(talk) as address, edge(routing(address)) as web:
        connection = web.connect()
        connection.request("GET", "/")
        assert arrived.wait(10)
        assert web.shared.balance.in_flight() == 1
        web.shared.take(build({}, {}))
        with web.ask() as answer:
            assert answer.status == 404
        go_on.set()
        assert connection.getresponse().read() == b"ok"
        connection.close()


def test_an_upgraded_connection_passes_bytes_both_ways_and_is_counted_apart() -> None:
    def talk(connection: socket.socket) -> None:
        head = heard(connection)
        assert b"Upgrade: websocket" in head
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nhello")
        while piece := connection.recv(100):
            connection.sendall(piece.upper())

    ask = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with talking(talk) as address, edge(routing(address)) as web:
        with socket.create_connection(web.address, 10) as connection:
            connection.sendall(ask + b"early")
            found = b""
            while not found.endswith(b"helloEARLY"):
                found += connection.recv(100)
            assert found.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
            assert b"Connection: Upgrade\r\nUpgrade: websocket\r\n" in found
            connection.sendall(b"late")
            assert connection.recv(100) == b"LATE"
        assert until(lambda: counted(web, service(101, protocol="websocket"))) == 1


def test_a_client_that_goes_away_leaves_nothing_in_flight() -> None:
    def talk(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            return

    with talking(talk) as address, edge(routing(address)) as web:
        with web.ask() as answer:
            answer.read(10)
        until(lambda: web.shared.balance.in_flight() == 0)


def test_open_connections_are_counted(web: Edge) -> None:
    line = 'traefik_open_connections{entrypoint="web",protocol="TCP"} '
    connection = web.connect()
    connection.request("GET", "/")
    connection.getresponse().read()
    assert f"{line}1" in web.shared.metrics.text(())
    connection.close()
    until(lambda: f"{line}0" in web.shared.metrics.text(()))


def test_garbage_closes_the_connection_and_nothing_else(web: Edge) -> None:
    assert b"400" in web.raw(b"nonsense\r\n\r\n")
    assert web.told()["path"] == "/"
