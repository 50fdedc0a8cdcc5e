from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from platform_admin.demo.load import send as sending
from platform_admin.demo.load.connection import Target
from platform_admin.demo.load.send import run
from platform_admin.demo.load.shape import Stretch
from platform_admin.demo.load.tally import Requests, Tally, requests
from tests.jobs.agents import free_ports
from tests.platform_admin.demo.load.server import Server, serving

SHAPE = (Stretch(0.5, 40, 40),)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def sent(port: int, path: str, late_s: float = 5.0, shape: tuple[Stretch, ...] = SHAPE) -> Tally:
    """What came of the shape, sent to this path."""
    tally = Tally(late_s)
    run(Target("127.0.0.1", port, "shop.localhost", path), shape, tally, tell=lambda _: None)
    return tally


def test_every_request_of_the_shape_is_sent_and_answered(server: Server) -> None:
    tally = sent(server.port, "/")

    assert requests(tally.slots()) == Requests(total=20)
    assert len(server.came) == 20


def test_a_slow_server_does_not_slow_the_sending(server: Server) -> None:
    began = time.monotonic()
    sent(server.port, "/wait/1")

    assert len(server.came) == 20
    assert max(server.came) - began < 1.0


def test_an_answer_over_the_target_is_late(server: Server) -> None:
    assert requests(sent(server.port, "/wait/0.3", late_s=0.2).slots()) == Requests(20, late=20)


def test_a_sender_that_falls_behind_counts_from_when_a_request_was_due(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = iter([True])

    def going() -> bool:
        if next(busy, False):
            time.sleep(0.4)
        return True

    tally = Tally(0.2)
    target = Target("127.0.0.1", server.port, "x", "/")
    run(target, SHAPE, tally, tell=lambda _: None, going=going)

    # Those that were due in the first 0.2 of the 0.4 s went out more than 0.2 s too late.
    assert 5 <= requests(tally.slots()).late <= 12


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/status/500", "status 500"),
        ("/status/503", "status 503"),
        ("/cut", "closed without an answer"),
        ("/half", "broken answer"),
    ],
)
def test_what_is_no_good_answer_has_failed(server: Server, path: str, reason: str) -> None:
    tally = sent(server.port, path)

    assert requests(tally.slots()) == Requests(20, failed=20)
    assert tally.reasons == {reason: 20}


def test_a_refusal_of_the_app_is_an_answer(server: Server) -> None:
    assert requests(sent(server.port, "/status/404").slots()) == Requests(20)


def test_no_connection_is_a_failure() -> None:
    tally = sent(free_ports(1)[0], "/")

    assert tally.reasons == {"no connection": 20}


def test_no_answer_in_time_is_a_failure(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "GIVE_UP_S", 0.3)

    tally = sent(server.port, "/wait/20")

    assert requests(tally.slots()) == Requests(20, failed=20)
    assert tally.reasons == {"no answer in 0.3 s": 20}


def test_answered_connections_are_used_again(server: Server) -> None:
    sent(server.port, "/")

    assert server.connections < 10


@pytest.mark.parametrize("path", ["/chunked", "/close"])
def test_other_ways_to_answer_are_understood(server: Server, path: str) -> None:
    assert requests(sent(server.port, path).slots()) == Requests(20)


def test_it_ends_when_it_is_told(server: Server) -> None:
    began = time.monotonic()
    tally = Tally(1.0)
    target = Target("127.0.0.1", server.port, "x", "/wait/20")
    going = lambda: time.monotonic() < began + 0.3  # noqa: E731
    run(target, (Stretch(20, 40, 40),), tally, tell=lambda _: None, going=going)

    assert time.monotonic() - began < 2
    assert 5 < requests(tally.slots()).total < 20


def test_it_is_bounded_whatever_the_shape_says(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "MOST_REQUESTS", 7)

    assert requests(sent(server.port, "/").slots()) == Requests(7)
