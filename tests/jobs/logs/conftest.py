"""A log that rotates, behind the local cluster's Nomad API as it answers over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.logs.read import Stream
from jobs.nomad import Nomad, NomadSettings
from jobs.nomad.door import Door
from local.cluster import nomad_api
from local.cluster.nomad.cluster import Cluster
from local.cluster.nomad.state import Node
from local.cluster.rotation import RotatingFile
from local.cluster.web import Changes, Server

INSTANCE = "5d3a9d4e-0000-4000-8000-00000000000a"
NODE = Node("5d3a9d4e-0000-4000-8000-000000000000", "local", 1000, 1000, 1, (20000, 20099))


class Writer:
    """What an instance writes to stdout: files of 100 bytes, of which three are kept."""

    def __init__(self, url: str, folder: Path) -> None:
        self.stream = Stream(Nomad(Door(NomadSettings(url))), INSTANCE, "stdout")
        self._base = folder / INSTANCE / "alloc" / "logs" / "main"
        self._base.parent.mkdir(parents=True)
        self._file: RotatingFile | None = None

    def __call__(self, data: bytes) -> None:
        """Writes these bytes."""
        self._file = self._file or RotatingFile(self._base, "stdout", 3, 100)
        self._file.write(data)

    def collected(self) -> None:
        """The node throws it away."""
        for path in self._base.parent.iterdir():
            path.unlink()
        self._base.parent.rmdir()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, nomad_api.Nomad]]:
    """The API's address, and what it serves."""
    folder = tmp_path_factory.mktemp("nomad")
    cluster = Cluster(folder, NODE, Changes())
    cluster.state.allocations[INSTANCE] = {
        "ID": INSTANCE,
        "AllocatedResources": {"Tasks": {"main": {}}},
    }
    nomad = nomad_api.Nomad(cluster, folder, "30s")
    server = Server(0, nomad_api.routes(nomad))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", nomad
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def write(served: tuple[str, nomad_api.Nomad], tmp_path: Path) -> Writer:
    """An instance that has written nothing yet."""
    url, nomad = served
    nomad.folder = tmp_path
    return Writer(url, tmp_path)
