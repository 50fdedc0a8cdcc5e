"""Clusters for the client tests: the local one always, real agents where they are at hand."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from jobs.consul import Consul, ConsulSettings
from jobs.consul import connect as connect_consul
from jobs.nomad import Nomad, NomadSettings
from jobs.nomad import connect as connect_nomad

# What tests/settings.py puts into the environment for a Nomad that nobody is to reach.
NOBODY = "http://127.0.0.1:1"
CONSUL_TOKEN = "consul-of-a-test"
NOMAD_TOKEN = "nomad-of-a-test"
_START_S = 40.0
T = TypeVar("T")


@dataclass(frozen=True)
class Cluster:
    """Clients of one cluster; `kind` is "local", "dev" (real agents started here) or "given"."""

    kind: str
    nomad: Nomad
    consul: Consul
    consul_address: str
    consul_token: str


def given() -> Mapping[str, str] | None:
    """The environment's Nomad and Consul, None where the tests' settings made them up."""
    if os.environ.get("NOMAD_ADDR", NOBODY) == NOBODY:
        return None
    return os.environ


@contextlib.contextmanager
def cluster(kind: str, folder: Path) -> Iterator[Cluster]:
    """A running cluster of that kind; skips where this machine has none."""
    if kind == "local":
        with _local(folder) as found:
            yield found
    elif named := given():
        yield _clients(
            "given",
            named["NOMAD_ADDR"],
            named.get("NOMAD_TOKEN", ""),
            named.get("CONSUL_HTTP_ADDR", "http://127.0.0.1:8500"),
            named.get("CONSUL_HTTP_TOKEN", ""),
        )
    elif shutil.which("nomad") and shutil.which("consul"):
        with _dev(folder) as found:
            yield found
    else:
        pytest.skip("neither NOMAD_ADDR is set nor are nomad and consul on the PATH")


def free_ports(count: int) -> list[int]:
    """That many free ports of 127.0.0.1, all different."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in held]


def until(look: Callable[[], T], *, within_s: float = 20.0) -> T:
    """What `look` returns as soon as it is true; fails after `within_s`."""
    end = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() > end:
            pytest.fail(f"not so within {within_s:g} s: {look}")
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def process(
    arguments: list[str], folder: Path, env: Mapping[str, str] | None = None, held: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A child with an environment of its own; `held`: it gets a pipe as stdin, closed first."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"PATH": os.environ["PATH"], "HOME": str(folder), **(env or {})}
    with (folder / "output.log").open("wb") as output:
        child = subprocess.Popen(
            arguments,
            env=whole,
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child, then what it leaves behind: Nomad's tasks outlive an agent that is stopped."""
    family = _descendants(child.pid)
    if child.stdin:
        child.stdin.close()
    child.terminate()
    try:
        child.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    alive = _processes()
    for pid, started in family.items():
        if pid in alive and alive[pid][1] == started:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _descendants(pid: int) -> dict[int, str]:
    """The processes below `pid` with their start times, by which a pid used again is told."""
    found: dict[int, str] = {}
    wave, alive = {pid}, _processes()
    while wave:
        wave = {each for each, (parent, _) in alive.items() if parent in wave} - found.keys()
        found |= {each: alive[each][1] for each in wave}
    return found


def _processes() -> dict[int, tuple[int, str]]:
    """Parent and start time of every process; none where there is no /proc."""
    found: dict[int, tuple[int, str]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name, in parentheses, may hold anything: what follows it is split.
            fields = stat.read_text().rpartition(")")[2].split()
            found[int(stat.parent.name)] = (int(fields[1]), fields[19])
    return found


@contextlib.contextmanager
def consul_agent(folder: Path) -> Iterator[str]:
    """The address of a real Consul in dev mode."""
    http, server, lan, wan = free_ports(4)
    ports = ["-http-port", http, "-server-port", server, "-serf-lan-port", lan]
    ports += ["-serf-wan-port", wan, "-dns-port", -1, "-grpc-port", -1]
    command = ["consul", "agent", "-dev", "-bind", "127.0.0.1", "-client", "127.0.0.1"]
    with process([*command, *map(str, ports)], folder):
        address = f"http://127.0.0.1:{http}"
        client = connect_consul(ConsulSettings(address))
        # A leader comes before its own checks pass; services registered earlier are lost.
        until(lambda: client.healthy() and client.health("consul"), within_s=_START_S)
        yield address


@contextlib.contextmanager
def _dev(folder: Path) -> Iterator[Cluster]:
    http, rpc, serf = free_ports(3)
    with consul_agent(folder / "consul") as consul:
        config = folder / "nomad.hcl"
        config.write_text(
            f'bind_addr = "127.0.0.1"\n'
            f"ports {{\n http = {http}\n rpc = {rpc}\n serf = {serf}\n}}\n"
            f'consul {{\n address = "{consul.removeprefix("http://")}"\n}}\n'
            f'client {{\n network_interface = "lo"\n}}\n'
            f'plugin "raw_exec" {{\n config {{\n enabled = true\n }}\n}}\n'
        )
        with process(["nomad", "agent", "-dev", f"-config={config}"], folder / "nomad"):
            found = _clients("dev", f"http://127.0.0.1:{http}", "", consul, "")
            until(lambda: _ready(found), within_s=_START_S)
            yield found
            _clear(found)


@contextlib.contextmanager
def _local(folder: Path) -> Iterator[Cluster]:
    keeper, nomad, first = free_ports(3)
    low = 20000 + first % 9000
    at = "http://127.0.0.1:{}".format
    with contextlib.ExitStack() as stack:
        consul = stack.enter_context(local_consul(folder))
        ports = f"{low}-{low + 199}"
        stack.enter_context(local_part("keeper", folder, port=keeper, ports=ports))
        servers = {"keeper": at(keeper), "consul": consul}
        stack.enter_context(local_part("nomad_api", folder, port=nomad, **servers))
        found = _clients("local", at(nomad), NOMAD_TOKEN, consul, CONSUL_TOKEN)
        until(lambda: _ready(found), within_s=_START_S)
        yield found
        _clear(found)


@contextlib.contextmanager
def local_consul(folder: Path) -> Iterator[str]:
    """The address of the local cluster's Consul; its token is CONSUL_TOKEN."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    with local_part("consul_api", folder, port=port):
        until(connect_consul(ConsulSettings(address, CONSUL_TOKEN)).healthy, within_s=_START_S)
        yield address


@contextlib.contextmanager
def local_part(name: str, folder: Path, **options: object) -> Iterator[None]:
    """A process of the local cluster, by its module's name and its options."""
    env = {
        "KEEPER_TOKEN": "keeper-of-a-test",
        "CONSUL_HTTP_TOKEN": CONSUL_TOKEN,
        "NOMAD_TOKEN": NOMAD_TOKEN,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    if name != "edge":
        state = folder / name / "state"
        state.mkdir(parents=True)
        options["state"] = state
    command = [sys.executable, "-m", f"local.cluster.{name}"]
    for option, value in options.items():
        command += [f"--{option}", str(value)]
    with process(command, folder / name, env, held=name == "keeper"):
        yield


def _clients(kind: str, nomad: str, nomad_token: str, consul: str, consul_token: str) -> Cluster:
    return Cluster(
        kind=kind,
        nomad=connect_nomad(NomadSettings(nomad, nomad_token)),
        consul=connect_consul(ConsulSettings(consul, consul_token)),
        consul_address=consul,
        consul_token=consul_token,
    )


def _ready(found: Cluster) -> bool:
    if not (found.nomad.healthy() and found.consul.healthy()):
        return False
    return any(node.status == "ready" and node.drivers for node in found.nomad.nodes())


def _clear(found: Cluster) -> None:
    """Stop what tests left running, and see it end."""
    for each in found.nomad.allocations().items:
        if not each.terminal:
            found.nomad.stop(each.namespace, each.job_id)
    until(lambda: all(each.terminal for each in found.nomad.allocations().items))
