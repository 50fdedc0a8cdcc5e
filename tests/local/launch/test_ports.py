from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator

import pytest

from local.launch.ports import Ports, any_free, check_free, derive, is_free
from local.launch.problem import Problem


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


@pytest.mark.parametrize(
    ("name", "port"),
    [("muster", 8000), ("postgres", 8001), ("web", 8005), ("edge_api", 8008), ("keeper", 8009)],
)
def test_each_part_has_its_port(name: str, port: int) -> None:
    assert derive(8000)[name] == port


def test_two_blocks_beside_each_other_share_no_port() -> None:
    first, second = derive(8000), derive(8020)

    assert not set(first.resources) & set(second.resources)
    assert not set(first.tasks) & set(second.tasks)
    assert len(first.resources) == 100
    assert len(first.tasks) == 200


@pytest.mark.parametrize("base", [0, 80, 1023, 65_501, 70_000])
def test_a_number_that_is_no_block_of_ports_is_refused(base: int) -> None:
    with pytest.raises(Problem, match="give a number from 1024 to 65500"):
        derive(base)


def test_a_number_between_two_blocks_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(Problem, match=r"blocks of twenty.* such as 8300"):
        derive(8310)


def test_a_slice_that_another_muster_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        derive(8000).claim()
        derive(8020).claim()

        with pytest.raises(Problem, match=r"--port 8940: another Muster .* --port 8960"):
            derive(8940).claim()


def test_a_block_inside_its_own_ranges_is_refused() -> None:
    inside = next(base for base in range(15_000, 30_000, 20) if base in Ports(base).tasks)

    with pytest.raises(Problem, match="kept for what runs on the cluster"):
        derive(inside)


def test_a_taken_port_is_named_with_what_it_is_for(taken: int) -> None:
    with pytest.raises(Problem, match=rf"Port {taken} \(for edge api\) is taken .* --port"):
        check_free(Ports(taken - 8), ["edge_api"])


def test_only_the_ports_that_are_needed_are_looked_at(taken: int) -> None:
    check_free(Ports(taken - 8), [])


def test_a_free_port_is_free() -> None:
    assert is_free(any_free())
