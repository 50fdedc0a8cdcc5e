"""The state with a lock, on disk after every change, and with readers that wait for changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.cluster import store
from local.cluster.nomad.state import Node, State
from local.cluster.web import Changes, port_is_free


class Cluster:
    """What the requests and the tasks share."""

    def __init__(self, folder: Path, node: Node, changes: Changes) -> None:
        self._path = folder / "nomad.json"
        self.state = State(node, store.load(self._path), port_is_free)
        self.lock = threading.RLock()
        self.changes = changes

    @contextmanager
    def change(self) -> Iterator[State]:
        """The state, to be changed: written to disk and told to all who wait on the way out."""
        with self.lock:
            try:
                yield self.state
            finally:
                store.save(self._path, self.state.document)
        self.changes.notify()
