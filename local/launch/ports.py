"""Which port belongs to which part: all of them derive from one number."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from local.launch.problem import Problem

LOWEST, HIGHEST, USUAL = 1024, 65_500, 8000
BLOCK = 20
SLICES = 47

NAMES: dict[str, int] = {
    "muster": 0,
    "postgres": 1,
    "valkey": 2,
    "nomad": 3,
    "consul": 4,
    "web": 5,
    "private": 6,
    "direct": 7,
    "edge_api": 8,
    "keeper": 9,
    "nomad_rpc": 10,
    "nomad_serf": 11,
    "consul_server": 12,
    "consul_lan": 13,
}


@dataclass(frozen=True)
class Ports:
    """The ports of one Muster, from its own (`base`) upwards."""

    base: int

    def __getitem__(self, name: str) -> int:
        """The port of the part with this name."""
        return self.base + NAMES[name]

    @property
    def resources(self) -> range:
        """A hundred static ports that Muster gives to resources."""
        first = 15_000 + 100 * self._slice
        return range(first, first + 100)

    @property
    def tasks(self) -> range:
        """Two hundred dynamic ports that the cluster gives to tasks."""
        first = 20_000 + 200 * self._slice
        return range(first, first + 200)

    @property
    def _slice(self) -> int:
        return (self.base // BLOCK) % SLICES

    def claim(self) -> None:
        """Nothing; the slice is this process's to its end. A Problem where another one has it.

        Blocks far from each other may have the same one: there are fewer slices than blocks.
        """
        lock = _opened(Path(tempfile.gettempdir(), f"muster-slice-{self._slice}.lock"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Problem(
                f"--port {self.base}: another Muster on this machine uses the same ports "
                f"{self.tasks.start} to {self.tasks.stop - 1} for what runs on its cluster. "
                f"Choose another block: ./run --port {_elsewhere(self.base)}"
            ) from None


def derive(base: int) -> Ports:
    """The ports from `base` on; a Problem where they do not fit beside each other."""
    if not LOWEST <= base <= HIGHEST:
        raise Problem(f"--port {base}: give a number from {LOWEST} to {HIGHEST}, such as 8000.")
    if base % BLOCK:
        near = base // BLOCK * BLOCK
        raise Problem(
            f"--port {base}: ports go in blocks of twenty. Give a multiple of it, such as "
            f"{max(near, LOWEST // BLOCK * BLOCK + BLOCK)}."
        )
    ports = Ports(base)
    for taken in (ports.resources, ports.tasks):
        if base < taken.stop and taken.start < base + 20:
            raise Problem(
                f"--port {base}: ports {taken.start} to {taken.stop - 1} are kept for what runs "
                "on the cluster. Give a number outside of them, such as 8000."
            )
    return ports


def check_free(ports: Ports, names: Iterable[str]) -> None:
    """Nothing; a Problem that names the first port that another program holds."""
    for name in names:
        if not is_free(ports[name]):
            raise Problem(
                f"Port {ports[name]} (for {name.replace('_', ' ')}) is taken by another program. "
                "Stop that one, or choose another block of twenty: ./run --port "
                f"{_elsewhere(ports.base)}"
            )


def is_free(port: int) -> bool:
    """Whether a server can listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port of the loopback address that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _elsewhere(base: int) -> int:
    return base + BLOCK if base + BLOCK <= HIGHEST else USUAL


def _opened(path: Path) -> int:
    """The lock's file, open to the end of the process; it may be another user's."""
    try:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
