from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

import pytest

from local.launch.asking import EVERY_S, PATIENCE_S, Asking, Question, http
from tests.local.launch.launcher import until

WALL = 1_000_000.0


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A port that takes connections, and that answers where a test says so."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        yield listening


@pytest.fixture
def asking(server: socket.socket) -> Iterator[Asking]:
    made = Asking(http(server.getsockname()[1]))
    yield made
    made.close()


def look(asking: Asking, at: float) -> None:
    """A look while the wall's clock goes with the other one."""
    asking.look(at, WALL + at)


def answer(server: socket.socket, asking: Asking, at: float) -> None:
    """A question, asked at the time, and its answer taken."""
    look(asking, at)
    connection, _ = server.accept()
    with connection:
        assert connection.recv(64).startswith(b"GET / HTTP/1.0")
        connection.sendall(b"HTTP/1.0 403 Forbidden\r\n\r\n")
        until(lambda: _taken(asking, at), 5, lambda: asking)


def _taken(asking: Asking, at: float) -> bool:
    look(asking, at)
    return asking.answered


def test_any_answer_is_one(server: socket.socket, asking: Asking) -> None:
    answer(server, asking, 100)

    assert asking.silent_since is None


def test_a_port_that_only_takes_connections_is_silent_since_it_was_asked(asking: Asking) -> None:
    look(asking, 100)
    look(asking, 100 + PATIENCE_S / 2)
    assert asking.silent_since is None

    look(asking, 100 + PATIENCE_S)
    look(asking, 100 + EVERY_S)
    look(asking, 100 + EVERY_S + PATIENCE_S)

    assert asking.silent_since == WALL + 100


def test_one_that_answers_again_is_not_silent(server: socket.socket, asking: Asking) -> None:
    look(asking, 100)
    look(asking, 100 + PATIENCE_S)
    server.accept()[0].close()

    answer(server, asking, 100 + EVERY_S)

    assert (asking.answered, asking.silent_since) == (True, None)


def test_a_port_without_a_server_is_silent(server: socket.socket) -> None:
    asking = Asking(Question(server.getsockname()[1], b"PING\r\n"))
    server.close()

    look(asking, 100)
    look(asking, 100)

    assert (asking.answered, asking.silent_since) == (False, WALL + 100)


def test_it_is_asked_no_more_often_than_that(server: socket.socket, asking: Asking) -> None:
    answer(server, asking, 100)
    server.setblocking(False)

    look(asking, 100 + EVERY_S / 2)

    with pytest.raises(BlockingIOError):
        server.accept()


def test_where_no_more_files_can_be_opened_the_part_is_not_called_silent(
    server: socket.socket, asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(socket, "socket", full)
        look(asking, 100)
    assert asking.silent_since is None

    answer(server, asking, 100 + EVERY_S)


def test_a_wall_clock_that_is_set_forward_makes_no_part_silent(asking: Asking) -> None:
    asking.look(100, WALL)

    asking.look(101, WALL + 3600)

    assert asking.silent_since is None


def test_what_was_asked_before_a_sleep_is_asked_again(
    server: socket.socket, asking: Asking
) -> None:
    look(asking, 100)
    server.accept()[0].close()

    look(asking, 1000)
    assert asking.silent_since is None

    answer(server, asking, 1000)


def test_one_that_is_silent_after_a_sleep_is_so_since_it_was_asked_again(asking: Asking) -> None:
    look(asking, 100)
    look(asking, 1000)

    look(asking, 1000 + PATIENCE_S)

    assert asking.silent_since == WALL + 1000
