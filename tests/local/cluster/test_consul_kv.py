from __future__ import annotations

from typing import Any

import pytest

from local.cluster.consul import kv
from local.cluster.consul.state import Row, State
from local.cluster.web import Refusal, Request


def op(verb: str, key: str, value: str | None = None, index: int = 0) -> Row:
    return {"Verb": verb, "Key": key, "Value": value, "Index": index}


def request(key: str, **query: str) -> Request:
    return Request("GET", {"key": key}, query, {}, b"")


def stored(**values: str) -> State:
    """A state with these keys, written by one transaction."""
    state = State()
    kv.transact(state, [op("set", key, value) for key, value in values.items()])
    return state


def test_one_transaction_has_one_index() -> None:
    state = stored(a="MQ==", b="Mg==")
    assert [state.kv[key]["ModifyIndex"] for key in "ab"] == [2, 2]
    assert state.seen("kv") == 2


def test_an_unchanged_value_keeps_its_index() -> None:
    state = stored(a="MQ==")
    kv.transact(state, [op("set", "a", "MQ=="), op("set", "b", "Mg==")])
    assert [(row["CreateIndex"], row["ModifyIndex"]) for row in state.kv.values()] == [
        (2, 2),
        (3, 3),
    ]


def test_a_write_that_changes_nothing_wakes_nobody() -> None:
    state = stored(a="MQ==")
    kv.transact(state, [op("set", "a", "MQ=="), op("delete", "none")])
    assert state.seen("kv") == 2


def test_a_changed_value_keeps_the_index_of_its_creation() -> None:
    state = stored(a="MQ==")
    kv.transact(state, [op("set", "a", "Mg==")])
    assert (state.kv["a"]["CreateIndex"], state.kv["a"]["ModifyIndex"]) == (2, 3)


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (op("cas", "a", "Mg==", 1), 'failed to set key "a", index is stale'),
        (op("cas", "a", "Mg==", 0), 'failed to set key "a", index is stale'),
        (op("cas", "new", "Mg==", 2), 'failed to set key "new", index is stale'),
        (op("delete-cas", "a", None, 1), 'failed to delete key "a", index is stale'),
        (op("get", "none"), 'key "none" doesn\'t exist'),
        (op("check-index", "none"), 'failed to check index, key "none" doesn\'t exist'),
        (
            op("check-index", "a", None, 9),
            'failed index check for key "a", current modify index 2 != 9',
        ),
        (op("lock", "a"), 'unknown KV verb "lock"'),
        (op("set", ""), "Must provide key"),
    ],
)
def test_one_failing_operation_writes_nothing_and_says_why(operation: Row, what: str) -> None:
    state = stored(a="MQ==")
    before = state.document()
    answer = kv.transact(state, [op("set", "c", "Mw=="), operation, op("delete", "a")])
    assert answer == ([], [{"OpIndex": 1, "What": what}])
    assert state.document() == before


def test_all_failing_operations_are_named() -> None:
    _, errors = kv.transact(State(), [op("get", "a"), op("set", "b"), op("get", "c")])
    assert [error["OpIndex"] for error in errors] == [0, 2]


@pytest.mark.parametrize(
    ("operation", "left"),
    [
        (op("cas", "a", "Mg==", 2), {"a": "Mg==", "b": "MQ=="}),
        (op("cas", "c", "Mg=="), {"a": "MQ==", "b": "MQ==", "c": "Mg=="}),
        (op("delete", "a"), {"b": "MQ=="}),
        (op("delete-cas", "a", None, 2), {"b": "MQ=="}),
        (op("delete-cas", "none", None, 7), {"a": "MQ==", "b": "MQ=="}),
        (op("delete-tree", ""), {}),
        (op("check-index", "a", None, 2), {"a": "MQ==", "b": "MQ=="}),
    ],
)
def test_a_fitting_operation_is_done(operation: Row, left: dict[str, str]) -> None:
    state = stored(a="MQ==", b="MQ==")
    assert kv.transact(state, [operation])[1] == []
    assert {key: row["Value"] for key, row in state.kv.items()} == left


def test_only_get_shows_values() -> None:
    results, _ = kv.transact(State(), [op("set", "a", "MQ=="), op("get", "a")])
    assert [result["KV"]["Value"] for result in results] == [None, "MQ=="]


def test_64_operations_are_the_most() -> None:
    row = {"KV": op("set", "a")}
    assert len(kv.operations([row] * 64)) == 64
    with pytest.raises(Refusal, match=r"too many operations \(65 > 64\)") as refused:
        kv.operations([row] * 65)
    assert refused.value.status == 413


def test_operations_on_anything_but_keys_are_refused_loudly() -> None:
    with pytest.raises(Refusal) as refused:
        kv.operations([{"Service": {"Verb": "set"}}])
    assert refused.value.status == 501


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"keys": ""}, ["a/1", "a/2"]),
        ({"recurse": "true"}, ["a/1", "a/2"]),
        ({"raw": ""}, None),
        ({}, None),
    ],
)
def test_a_prefix_is_read_only_when_asked_for(query: dict[str, str], found: Any) -> None:
    state = stored(**{"a/2": "MQ==", "a/1": "MQ==", "b": "MQ=="})
    rows = kv.read(state, request("a/", **query))
    assert (rows and [row if isinstance(row, str) else row["Key"] for row in rows]) == found


def test_raw_is_the_value_itself() -> None:
    assert kv.read(stored(a="MQ=="), request("a", raw="")) == b"1"


def test_no_key_below_a_prefix_is_nothing() -> None:
    assert kv.read(State(), request("a/", recurse="")) is None


@pytest.mark.parametrize("verb", ["set", "delete"])
def test_a_write_without_a_key_is_refused(verb: str) -> None:
    with pytest.raises(Refusal, match="Missing key name"):
        kv.write(State(), request(""), verb)


def test_a_stale_cas_answers_false_and_writes_nothing() -> None:
    state = stored(a="MQ==")
    assert kv.write(state, request("a", cas="1"), "cas", "Mg==") is False
    assert kv.write(state, request("a", cas="2"), "cas", "Mg==") is True
    assert state.kv["a"]["Value"] == "Mg=="


def test_the_state_survives_its_document() -> None:
    state = stored(a="MQ==")
    again = State(state.document())
    assert again.document() == state.document()
    assert again.touch("kv") == 3


@pytest.mark.parametrize(
    ("prefix", "query", "names"),
    [
        ("a/", {"keys": ""}, ["a/1", "a/b/2", "a/b/3"]),
        ("a/", {"keys": "", "separator": "/"}, ["a/1", "a/b/"]),
        ("a", {"keys": "", "separator": "/"}, ["a/"]),
        ("", {"keys": "", "separator": "/"}, ["a/", "c"]),
        ("nope", {"keys": "", "separator": "/"}, None),
    ],
)
def test_names_are_listed_up_to_the_separator(
    prefix: str, query: dict[str, str], names: list[str] | None
) -> None:
    state = stored(**{"a/1": "MQ==", "a/b/2": "MQ==", "a/b/3": "MQ==", "c": "MQ=="})
    assert kv.read(state, request(prefix, **query)) == names
