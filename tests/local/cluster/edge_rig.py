"""An edge and a Consul as processes of their own: the stand-ins, or the real ones."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from .consul_client import TOKEN, Client
from .processes import ROOT, free_ports, until

POINTS = ("web", "private", "direct", "api")
ECHO = """
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", -1
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        time.sleep(0 if self.path == "/check" else float(sys.argv[3]))
        said = {"name": sys.argv[2], "path": self.path, "headers": dict(self.headers.items())}
        data = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    do_POST = do_GET
    def log_message(self, *args):
        pass
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@contextmanager
def process(command: list[str], folder: Path, **env: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child with nothing but this environment, ended with the test."""
    whole = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(ROOT), **env}
    with (folder / "processes.log").open("ab") as log:
        child = subprocess.Popen(command, env=whole, stdout=log, stderr=log)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def part(name: str, **options: object) -> list[str]:
    """The command of a part of the local cluster."""
    given = [str(each) for key, value in options.items() for each in (f"--{key}", value)]
    return [sys.executable, "-m", f"local.cluster.{name}", *given]


@dataclass(frozen=True)
class Rig:
    """A running edge over a running Consul."""

    consul: Client
    ports: Mapping[str, int]
    folder: Path
    consul_process: subprocess.Popen[bytes]
    edge_process: subprocess.Popen[bytes] | None = None

    def ask(self, point: str, host: str, path: str = "/", **headers: str) -> tuple[int, Any]:
        """(status, what the instance says it got) for one request to an entry point."""
        connection = HTTPConnection("127.0.0.1", self.ports[point], timeout=10)
        connection.request("GET", path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, json.loads(body) if answer.status == 200 else body.decode()

    def who(self, point: str, host: str, path: str = "/", **headers: str) -> str:
        """The name of the instance that answers, else the status."""
        status, said = self.ask(point, host, path, **headers)
        return str(said["name"]) if status == 200 else str(status)

    def crash_consul(self) -> None:
        """Kills Consul (-9)."""
        self.consul_process.kill()
        self.consul_process.wait()

    @contextmanager
    def consul_again(self) -> Iterator[None]:
        """The stand-in for Consul at its old address, over its old state."""
        port = self.consul.address.rpartition(":")[2]
        command = part("consul_api", port=port, state=self.folder)
        with process(command, self.folder, CONSUL_HTTP_TOKEN=TOKEN):
            until(lambda: _answers(self.consul, "/v1/status/leader"))
            yield

    @property
    def api(self) -> Client:
        """The edge's own API."""
        return Client(f"http://127.0.0.1:{self.ports['api']}", None)

    def routers(self) -> dict[str, str]:
        """The status of each router that Muster's keys make."""
        rows = self.api.get("/api/http/routers")
        return {row["name"]: row["status"] for row in rows if row["provider"] == "consul"}

    def write(self, pairs: Mapping[str, str]) -> None:
        """Puts these keys below the edge's root."""
        for start in range(0, len(pairs), 64):
            rows = [
                {
                    "Verb": "set",
                    "Key": f"traefik/{key}",
                    "Value": b64encode(value.encode()).decode(),
                }
                for key, value in [*pairs.items()][start : start + 64]
            ]
            assert self.consul.call("PUT", "/v1/txn", [{"KV": row} for row in rows]).status == 200

    @contextmanager
    def instance(
        self, service: str, name: str = "", works_s: float = 0.0
    ) -> Iterator[subprocess.Popen[bytes]]:
        """An instance of a service, checked and registered as Nomad would do it."""
        name, (port,) = name or service, free_ports(1)
        command = [sys.executable, "-c", ECHO, str(port), name, str(works_s)]
        with process(command, self.folder) as child:
            self.register(service, name, port)
            passing = f"/v1/health/service/{service}?passing=1"
            until(lambda: any(r["Service"]["ID"] == name for r in self.consul.get(passing)))
            try:
                yield child
            finally:
                self.consul.put(f"/v1/agent/service/deregister/{name}")

    def register(self, service: str, name: str, port: int) -> None:
        strategy = f"traefik.http.services.{service}.loadbalancer.strategy=p2c"
        check = {"HTTP": f"http://127.0.0.1:{port}/check", "Interval": "1s", "Timeout": "1s"}
        body = {"Name": service, "ID": name, "Port": port, "Address": "127.0.0.1", "Check": check}
        self.consul.put("/v1/agent/service/register", {
            **body, "Tags": ["traefik.enable=true", strategy]})  # fmt: skip


@contextmanager
def local_rig(folder: Path) -> Iterator[Rig]:
    """The stand-ins for Consul and Traefik."""
    port, *ports = free_ports(5)
    address, points = f"http://127.0.0.1:{port}", dict(zip(POINTS, ports, strict=True))
    consul = part("consul_api", port=port, state=folder)
    edge = part("edge", **points, consul=address)
    with (
        process(consul, folder, CONSUL_HTTP_TOKEN=TOKEN) as running,
        process(edge, folder, CONSUL_HTTP_TOKEN=TOKEN) as routing,
    ):
        rig = Rig(Client(address), points, folder, running, routing)
        until(lambda: _answers(rig.consul, "/v1/health/service/traefik?passing=1"))
        yield rig


@contextmanager
def real_rig(folder: Path) -> Iterator[Rig]:
    """The real Consul and the real Traefik, where this machine has them."""
    if not (shutil.which("consul") and shutil.which("traefik")):
        pytest.skip("consul and traefik are not on the PATH")
    http, server, lan, wan, *ports = free_ports(8)
    address, points = f"127.0.0.1:{http}", dict(zip(POINTS, ports, strict=True))
    consul = f"consul agent -dev -bind 127.0.0.1 -http-port {http} -server-port {server}"
    consul += f" -serf-lan-port {lan} -serf-wan-port {wan} -dns-port -1 -grpc-port -1"
    traefik = ["traefik", "--api.insecure", "--global.checkNewVersion=false"]
    traefik += ["--metrics.prometheus.addRoutersLabels=true"]
    traefik += ["--global.sendAnonymousUsage=false", "--entryPoints.direct.asDefault=true"]
    for point, port in points.items():
        name = "traefik" if point == "api" else point
        traefik.append(f"--entryPoints.{name}.address=127.0.0.1:{port}")
    traefik += [f"--providers.consul.endpoints={address}", "--providers.consul.rootKey=traefik"]
    traefik += [f"--providers.consulCatalog.endpoint.address={address}"]
    traefik += [
        "--providers.consulCatalog.watch=true",
        "--providers.providersThrottleDuration=500ms",
    ]
    traefik += ["--providers.consulCatalog.exposedByDefault=false"]
    traefik += ["--serversTransport.forwardingTimeouts.dialTimeout=1s"]
    with process(consul.split(), folder) as running:
        rig = Rig(Client(f"http://{address}", None), points, folder, running)
        # A leader comes before the agent's own service does; what is registered earlier is lost.
        until(lambda: _answers(rig.consul, "/v1/health/service/consul?passing=1"), 40)
        with process(traefik, folder):
            until(lambda: _answers(rig.api, "/api/http/routers"), 40)
            yield rig


def _answers(client: Client, path: str) -> bool:
    """Whether something is answered, and it is not empty."""
    try:
        answer = client.call("GET", path)
    except OSError:
        return False
    return answer.status == 200 and bool(answer.body)
