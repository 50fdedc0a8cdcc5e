"""Edges to try the tree on: the local cluster's always, a real Traefik where there is one."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from jobs.consul import Consul, ConsulSettings
from jobs.consul import connect as connect_consul
from jobs.edge import Edge, edges
from tests.jobs import agents

SLOW_S = 0.7


@dataclass
class Rig:
    """An edge with its Consul, and instances that say who they are."""

    kind: str
    consul: Consul
    consul_address: str
    edge: Edge
    muster_url: str
    stack: contextlib.ExitStack = field(repr=False)

    def start(self, service: str) -> str:
        """The id of a new passing instance of a catalog service; it answers with its name."""
        port = self.stack.enter_context(_echo(service))
        body = {
            "ID": f"{service}-{port}",
            "Name": service,
            "Address": "127.0.0.1",
            "Port": port,
            "Tags": [
                "traefik.enable=true",
                f"traefik.http.services.{service}.loadbalancer.strategy=p2c",
            ],
        }
        self._tell("register", body)
        return f"{service}-{port}"

    def stop(self, instance: str) -> None:
        """Take an instance out of Consul, as Nomad does before it stops one."""
        self._tell(f"deregister/{instance}", None)

    def get(
        self, entry_point: str, host: str, path: str = "/", colour: str = ""
    ) -> tuple[int, dict[str, str]]:
        """Status of a request and what the instance said, nothing where the edge answered."""
        headers = {"Host": host} | ({"X-Muster-Colour": colour} if colour else {})
        at = getattr(self.edge, entry_point)
        response = requests.get(f"http://{at}{path}", headers=headers, timeout=5)
        return response.status_code, response.json() if response.ok else {}

    def who(self, entry_point: str, host: str, path: str = "/", colour: str = "") -> str:
        """The name of who answers, the status as text where the edge itself does."""
        status, said = self.get(entry_point, host, path, colour)
        return said.get("name", str(status))

    def secure(self) -> str:
        """Where the real edge answers by TLS, `host:port`."""
        [endpoint] = self.consul.health("traefik")
        return endpoint.meta["websecure"]

    def routers(self, slug: str) -> dict[str, str]:
        """The status of each of the slug's routers in the edge's API."""
        listed = requests.get(f"{self.edge.api}/api/http/routers?per_page=1000", timeout=5).json()
        names = {each["name"].removesuffix("@consul"): each["status"] for each in listed}
        return {name: each for name, each in names.items() if name.startswith(f"{slug}--")}

    def _tell(self, path: str, body: object) -> None:
        requests.put(
            f"{self.consul_address}/v1/agent/service/{path}",
            json=body,
            headers={"X-Consul-Token": agents.CONSUL_TOKEN},
            timeout=5,
        ).raise_for_status()


@pytest.fixture(scope="session", params=["local", "traefik"])
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A running edge; a skip where this machine has no Traefik."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "traefik" and not (shutil.which("traefik") and shutil.which("consul")):
        pytest.skip("traefik and consul are not on the PATH")
    with contextlib.ExitStack() as stack:
        web, private, direct, api = agents.free_ports(4)
        start = _traefik if request.param == "traefik" else _local
        address = start(stack, folder, (web, private, direct, api))
        consul = connect_consul(ConsulSettings(address, agents.CONSUL_TOKEN))
        found = agents.until(lambda: edges(consul))
        muster = f"http://127.0.0.1:{stack.enter_context(_echo('muster'))}"
        yield Rig(request.param, consul, address, found[0], muster, stack)


def _traefik(stack: contextlib.ExitStack, folder: Path, ports: tuple[int, int, int, int]) -> str:
    consul = stack.enter_context(agents.consul_agent(folder / "consul"))
    address = consul.removeprefix("http://")
    names = zip(("web", "private", "direct", "traefik"), ports, strict=True)
    [secure] = agents.free_ports(1)
    command = [
        "traefik",
        *(f"--entryPoints.{name}.address=127.0.0.1:{port}" for name, port in names),
        "--entryPoints.direct.asDefault=true",
        f"--entryPoints.websecure.address=127.0.0.1:{secure}",
        "--api.insecure=true",
        "--metrics.prometheus.addRoutersLabels=true",
        "--global.checkNewVersion=false",
        "--global.sendAnonymousUsage=false",
        "--providers.providersThrottleDuration=500ms",
        f"--providers.consulcatalog.endpoint.address={address}",
        "--providers.consulcatalog.watch=true",
        "--providers.consulcatalog.exposedByDefault=false",
        f"--providers.consul.endpoints={address}",
        "--providers.consul.rootKey=traefik",
        "--serversTransport.forwardingTimeouts.dialTimeout=1s",
    ]
    stack.enter_context(agents.process(command, folder / "traefik"))
    agents.until(lambda: _answers(ports[3]), within_s=40)
    _enter(consul, ports, secure)
    return consul


def _answers(api: int) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{api}/api/http/routers", timeout=1).ok
    return False


def _enter(consul: str, ports: tuple[int, int, int, int], secure: int) -> None:
    """Register the edge in Consul, as its operator does."""
    web, private, direct, api = (f"127.0.0.1:{port}" for port in ports)
    meta = {"web": web, "private": private, "direct": direct, "api": f"http://{api}"}
    meta["websecure"] = f"127.0.0.1:{secure}"
    body = {"Name": "traefik", "Port": ports[1], "Address": "127.0.0.1", "Meta": meta}
    requests.put(f"{consul}/v1/agent/service/register", json=body, timeout=5).raise_for_status()


def _local(stack: contextlib.ExitStack, folder: Path, ports: tuple[int, int, int, int]) -> str:
    consul = stack.enter_context(agents.local_consul(folder))
    web, private, direct, api = ports
    named = {"web": web, "private": private, "direct": direct, "api": api}
    stack.enter_context(agents.local_part("edge", folder, consul=consul, root="traefik", **named))
    return consul


@contextlib.contextmanager
def _echo(name: str) -> Iterator[int]:
    """The port of a server that says its name and what it was asked; `/slow` takes SLOW_S."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 64 * 1024  # head and body leave in one piece

        def do_GET(self) -> None:
            if self.path == "/slow":
                time.sleep(SLOW_S)
            said = {"name": name, "path": self.path}
            said["fallback"] = self.headers.get("X-Muster-Fallback", "")
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
