"""What the stand-in for Consul knows: one document and its indexes. Nothing here does I/O."""

from __future__ import annotations

from typing import Any

NODE = "local"
DATACENTER = "dc1"
Row = dict[str, Any]


class State:
    """Key-values, catalog and prepared queries. Callers hold a lock and save the document."""

    def __init__(self, document: Row | None = None) -> None:
        stored = document or {}
        self.index: int = stored.get("index", 1)
        self.touched: dict[str, int] = stored.get("touched", {})
        self.kv: dict[str, Row] = stored.get("kv", {})
        self.nodes: dict[str, Row] = stored.get("nodes", {})
        self.services: dict[str, dict[str, Row]] = stored.get("services", {})
        self.checks: dict[str, dict[str, Row]] = stored.get("checks", {})
        self.definitions: dict[str, Row] = stored.get("definitions", {})
        self.queries: dict[str, Row] = stored.get("queries", {})

    def document(self) -> Row:
        """Everything, as JSON values: `State(document)` is this state again."""
        return dict(vars(self))

    def touch(self, *topics: str) -> int:
        """The next index; readers that wait for one of these topics will see it."""
        self.index += 1
        self.touched.update(dict.fromkeys(topics, self.index))
        return self.index

    def seen(self, topic: str) -> int:
        """The index of a topic's last change; a service never seen has the catalog's."""
        fallback = self.touched.get("catalog", 1) if topic.startswith("service:") else 1
        return self.touched.get(topic, fallback)
