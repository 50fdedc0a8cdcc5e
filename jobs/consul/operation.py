"""Consul's key-value store: an entry, and one operation of a transaction."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verb = Literal["set", "cas", "delete", "delete-cas", "check-index"]
_WITH_INDEX = frozenset({"cas", "delete-cas", "check-index"})
_WITH_VALUE = frozenset({"set", "cas"})


@dataclass(frozen=True)
class Entry:
    """A key's value and the index for a compare-and-set."""

    value: str
    modify_index: int


@dataclass(frozen=True)
class Operation:
    """One step of a transaction: `set` and `cas` carry a value, the checking ones an index."""

    verb: Verb
    key: str
    value: str | None = None
    index: int | None = None

    def __post_init__(self) -> None:
        """Refuse what Consul would take for something else: a missing index reads as 0."""
        if (self.index is not None) != (self.verb in _WITH_INDEX):
            raise ValueError(f"{self.verb} {self.key}: index is {self.index}")
        if (self.value is not None) != (self.verb in _WITH_VALUE):
            raise ValueError(f"{self.verb} {self.key}: value is {self.value!r}")


def read_entry(body: Mapping[str, Any]) -> Entry:
    """Return the entry of one element of `GET /v1/kv/...`; an empty key has null as its value."""
    raw = base64.b64decode(body.get("Value") or "")
    return Entry(raw.decode("utf-8", "replace"), body["ModifyIndex"])


def write_operation(operation: Operation) -> dict[str, Any]:
    """Return one element of the body of `PUT /v1/txn`."""
    body: dict[str, Any] = {"Verb": operation.verb, "Key": operation.key}
    if operation.value is not None:
        body["Value"] = base64.b64encode(operation.value.encode()).decode()
    if operation.index is not None:
        body["Index"] = operation.index
    return {"KV": body}


def encoded_bytes(operation: Operation) -> int:
    """Return how much of a transaction's body the operation takes, with what parts it."""
    return len(json.dumps(write_operation(operation))) + len(", ")
