"""Consul's key-value store: reads, single writes and transactions, pure over a State."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from local.cluster.consul.state import Row, State
from local.cluster.web import Refusal, Request

MOST_OPERATIONS = 64
LARGEST_VALUE = 512 * 1024
LARGEST_TRANSACTION = 512 * 1024


class Failed(Exception):
    """An operation that cannot be done: the text is what Consul's transactions answer."""


def _set(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    key, value, flags = op["Key"], op.get("Value") or None, op.get("Flags") or 0
    if not key:
        raise Failed("Must provide key")
    old = entries.get(key)
    if old is None or (old["Value"], old["Flags"]) != (value, flags):  # else the index stays
        row = {"LockIndex": 0, "Key": key, "Flags": flags, "Value": value}
        created = old["CreateIndex"] if old else index
        entries[key] = {**row, "CreateIndex": created, "ModifyIndex": index}
    return [{**entries[key], "Value": None}]


def _cas(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    old = entries.get(op["Key"])
    if op["Index"] != (old["ModifyIndex"] if old else 0):
        raise Failed(f'failed to set key "{op["Key"]}", index is stale')
    return _set(entries, op, index)


def _delete(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    entries.pop(op["Key"], None)
    return []


def _delete_cas(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    old = entries.get(op["Key"])
    if old and old["ModifyIndex"] != op["Index"]:
        raise Failed(f'failed to delete key "{op["Key"]}", index is stale')
    return _delete(entries, op, index)


def _delete_tree(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    for key in [key for key in entries if key.startswith(op["Key"])]:
        del entries[key]
    return []


def _get(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    if op["Key"] not in entries:
        raise Failed(f'key "{op["Key"]}" doesn\'t exist')
    return [entries[op["Key"]]]


def _check_index(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    key, wanted = op["Key"], op["Index"]
    if key not in entries:
        raise Failed(f'failed to check index, key "{key}" doesn\'t exist')
    found = entries[key]["ModifyIndex"]
    if found != wanted:
        text = f'failed index check for key "{key}", current modify index {found} != {wanted}'
        raise Failed(text)
    return [{**entries[key], "Value": None}]


VERBS: Mapping[str, Callable[[dict[str, Row], Row, int], list[Row]]] = {
    "set": _set,
    "cas": _cas,
    "delete": _delete,
    "delete-cas": _delete_cas,
    "delete-tree": _delete_tree,
    "get": _get,
    "check-index": _check_index,
}


def operations(given: list[Row]) -> list[Row]:
    """The operations of a transaction's body; too many of them, or of other kinds, are refused."""
    if len(given) > MOST_OPERATIONS:
        text = f"Transaction contains too many operations ({len(given)} > {MOST_OPERATIONS})"
        raise Refusal(413, text)
    if not all(isinstance(op, dict) and op.keys() == {"KV"} for op in given):
        raise Refusal(501, "the local cluster knows transactions over KV only")
    return [op["KV"] for op in given]


def transact(state: State, given: list[Row]) -> tuple[list[Row], list[Row]]:
    """What the operations gave, and their errors; with an error nothing is written."""
    entries, results, errors = dict(state.kv), [], []
    for number, op in enumerate(given):
        try:
            results += [{"KV": row} for row in _apply(entries, op, state.index + 1)]
        except Failed as failed:
            errors.append({"OpIndex": number, "What": str(failed)})
    if not errors and entries != state.kv:
        state.touch("kv")
        state.kv = entries
    return ([], errors) if errors else (results, [])


def _apply(entries: dict[str, Row], op: Row, index: int) -> list[Row]:
    verb = VERBS.get(op.get("Verb") or "")
    if verb is None:
        raise Failed(f'unknown KV verb "{op.get("Verb")}"')
    return verb(entries, {**op, "Key": op.get("Key") or "", "Index": op.get("Index") or 0}, index)


def write(state: State, request: Request, verb: str, value: str = "") -> bool:
    """Whether the request's key was written (False: its `cas` is stale)."""
    key, numbers = request.path["key"], [request.query.get(n, "0") for n in ("cas", "flags")]
    if not key and verb != "delete-tree":
        raise Refusal(400, "Missing key name")
    for text in numbers:
        if not text.isdigit():
            raise Refusal(500, f'strconv.ParseUint: parsing "{text}": invalid syntax')
    op = {"Verb": verb, "Key": key, "Value": value}
    return not transact(state, [{**op, "Index": int(numbers[0]), "Flags": int(numbers[1])}])[1]


def read(state: State, request: Request) -> Any:
    """What a GET of this key shows: `keys`, `recurse`, `raw` or the entry; None for nothing."""
    key, query = request.path["key"], request.query
    if "keys" in query or "recurse" in query:
        rows = [state.kv[name] for name in sorted(state.kv) if name.startswith(key)]
        return (_names(rows, key, query) if "keys" in query else rows) or None
    if key not in state.kv:
        return None
    value = state.kv[key]["Value"] or ""
    return base64.b64decode(value) if "raw" in query else [state.kv[key]]


def _names(rows: list[Row], prefix: str, query: Mapping[str, str]) -> list[str]:
    """The keys of the rows, each up to the first `separator` behind the prefix."""
    names, separator = [row["Key"] for row in rows], query.get("separator")
    return list(dict.fromkeys(_cut(n, prefix, separator) for n in names)) if separator else names


def _cut(name: str, prefix: str, separator: str) -> str:
    head, found, _ = name.removeprefix(prefix).partition(separator)
    return f"{prefix}{head}{found}"
