"""A log that rotates, behind the local cluster's Nomad API as it answers over a socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


class Written:
    """What an instance writes: files of `file_bytes`, of which three are kept."""

    def __init__(
        self, nomad: nomad_api.Nomad, url: str, instance: str = INSTANCE, file_bytes: int = 100
    ) -> None:
        self.url, self.instance = url, instance
        self._nomad, self._file_bytes = nomad, file_bytes
        self._base = nomad.folder / instance / "alloc" / "logs" / "main"
        self._base.parent.mkdir(parents=True)
        self.happened()

    @property
    def stream(self) -> Stream:
        """Its stdout."""
        return Stream(Nomad(Door(NomadSettings(self.url))), self.instance, "stdout")

    def __call__(self, data: bytes, stream: str = "stdout") -> None:
        """Writes these bytes."""
        RotatingFile(self._base, stream, 3, self._file_bytes).write(data)

    def happened(self, *events: dict[str, Any]) -> None:
        """Nomad tells these of its task."""
        state = self._nomad.state
        state.versions["default web 1 0"] = {"ID": "web"}
        state.allocations[self.instance] = {
            "ID": self.instance,
            "Namespace": "default",
            "JobID": "web",
            "JobCreateIndex": 1,
            "JobVersion": 0,
            "AllocatedResources": {"Tasks": {"main": {}}},
            "TaskStates": {"main": {"State": "running", "Events": list(events)}},
        }

    def collected(self) -> None:
        """Its node throws it away."""
        for path in self._base.parent.iterdir():
            path.unlink()
        self._base.parent.rmdir()


@contextmanager
def serving(folder: Path) -> Iterator[tuple[nomad_api.Nomad, str]]:
    """The API, and its address."""
    nomad = nomad_api.Nomad(Cluster(folder, NODE, Changes()), folder, "30s")
    server = Server(0, nomad_api.routes(nomad))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield nomad, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
