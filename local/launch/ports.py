"""Which port belongs to which part: all of them derive from one number."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from local.launch.problem import Problem

LOWEST, HIGHEST = 1024, 65_500
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
        return (self.base // 20) % SLICES


def derive(base: int) -> Ports:
    """The ports from `base` on; a Problem where they do not fit beside each other."""
    if not LOWEST <= base <= HIGHEST:
        raise Problem(f"--port {base}: give a number from {LOWEST} to {HIGHEST}, such as 8000.")
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
    return base + 20 if base + 20 <= HIGHEST else 8000
