"""Recorded requests to a real Consul 1.8.7, sent to the stand-in: the same answers.

Same status, same error text, and every recorded key with the same type, but for what the tables
below name with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from .consul_client import Client, consul

RECORDING = Path(__file__).parents[2] / "data/recordings/consul-1.8.7.jsonl"
RECORDED = [json.loads(line) for line in RECORDING.read_text().splitlines()]
SCENARIOS = [[*rows] for _, rows in groupby(RECORDED, key=lambda row: str(row["scenario"]))]

# A request whose answer differs: (scenario, method, path), with the reason.
OTHER_ANSWERS = {
    ("consul acl", "PUT", "/v1/kv/other/x"): "the stand-in has one token that may do everything",
}
# A text that differs behind its first words: the reason.
OTHER_TEXTS = {
    "Request decode failed": "the words behind it are Go's parser's",
    "Failed to parse body": "the words are Go's parser's; a transaction has no words of its own",
}
# Keys that the stand-in does not have, wherever they stand: the reason.
NOT_READ = {
    "TaggedAddresses": "services have one address here; the node's are fewer",
    "lan_ipv4": "one address a node",
    "wan_ipv4": "one address a node",
    "ServiceTaggedAddresses": "services have one address here",
    "ServiceKind": "no mesh here",
    "ServiceEnableTagOverride": "nobody overrides tags",
    "ServiceProxy": "no mesh here",
    "ServiceConnect": "no mesh here",
    "Failover": "one datacenter",
    "IgnoreCheckIDs": "not offered",
    "Near": "one node",
    "NodeMeta": "queries do not filter by it",
    "ServiceMeta": "queries do not filter by it",
    "Connect": "no mesh here",
    "Index": "of the query's answer: clients read the header",
    "LastContact": "one server",
    "KnownLeader": "one server",
    "ConsistencyLevel": "one server",
    "NodeID": "the agent is told by its name",
    "Revision": "no build of Consul",
    "Tags": "of the agent's member: no gossip here",
    "Port": "of the agent's member: no gossip here",
    "ProtocolMin": "no gossip here",
    "ProtocolMax": "no gossip here",
    "ProtocolCur": "no gossip here",
    "DelegateMin": "no gossip here",
    "DelegateMax": "no gossip here",
    "DelegateCur": "no gossip here",
}
# Keys of the table above that clients do read in these answers.
READ_ALL_THE_SAME = {
    "/v1/health/service/": {"Tags", "Port", "Connect"},
    "/v1/agent/services": {"Tags", "Port"},
    "/v1/catalog/service/": {"NodeMeta", "ServiceMeta"},
}
NAMES_ARE_DATA = ("/v1/catalog/services", "/v1/agent/services")


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with consul(tmp_path / "consul.json") as running:
        yield running


def seed(client: Client, rows: list[dict[str, Any]]) -> None:
    """Registers the instances that the real Nomad had registered when this was recorded."""
    for row in rows:
        path = row["path"].partition("?")[0]
        for found in row["response"] if path.endswith("-web-blue") else ():
            service, checks = found["Service"], found["Checks"][1:]
            live = {"TCP": client.address.removeprefix("http://"), "Interval": "60s"}
            body = {key: service[key] for key in ("ID", "Tags", "Address", "Meta", "Port")}
            body["Name"] = service["Service"]
            body["Checks"] = [{**live, **_named(check)} for check in checks]
            client.put("/v1/agent/service/register", body)


def _named(check: dict[str, Any]) -> dict[str, Any]:
    return {key: check[key] for key in ("CheckID", "Name", "Status")}


def send(client: Client, row: dict[str, Any]) -> Any:
    """The request as it was recorded: the agent's node has another name here."""
    body = json.loads(json.dumps(row["request"]).replace('"vm"', '"local"'))
    if row["response"] == "ACL not found":
        return client.call(row["method"], row["path"], body, token="wrong")
    nobody = row["response"] in ({}, "Permission denied") and row["method"] == "GET"
    who = Client(client.address, None) if nobody else client
    return who.call(row["method"], row["path"], body)


def compare(recorded: Any, found: Any, read: set[str]) -> None:
    """Fails unless every recorded key is there with the same type."""
    if isinstance(recorded, dict):
        for key, value in recorded.items():
            if key in NOT_READ and key not in read:
                continue
            assert key in found, key
            compare(value, found[key], read)
    elif isinstance(recorded, list):
        assert bool(recorded) == bool(found), (recorded, found)
        for each in recorded[:1]:
            compare(each, found[0], read)
    elif recorded is not None and found is not None:
        assert type(found) is type(recorded), (recorded, found)


def compare_text(recorded: str, found: Any) -> None:
    start = recorded.partition(":")[0]
    if start in OTHER_TEXTS:
        assert found.startswith("Request decode failed: ")
    else:
        assert found == recorded


@pytest.mark.parametrize("rows", SCENARIOS, ids=lambda rows: rows[0]["scenario"])
def test_it_answers_as_the_real_one_did(client: Client, rows: list[dict[str, Any]]) -> None:
    seed(client, rows)
    if rows[0]["scenario"] == "external service":  # it begins with the transactions' keys
        client.put("/v1/kv/x", "1")
    for row in rows:
        if (row["scenario"], row["method"], row["path"]) in OTHER_ANSWERS:
            continue
        answer = send(client, row)
        assert answer.status == row["status"], (row["path"], answer.body)
        path, recorded = row["path"].partition("?")[0], row["response"]
        if answer.status >= 400 and isinstance(recorded, str):
            compare_text(recorded, answer.body)
        elif answer.status >= 400:
            assert answer.body == {"Results": None, "Errors": recorded["Errors"]}
        elif path in NAMES_ARE_DATA:
            compare([*recorded.values()], [*answer.body.values()], {"Tags", "Port"})
        else:
            read = (keys for start, keys in READ_ALL_THE_SAME.items() if path.startswith(start))
            compare(recorded, answer.body, next(read, set()))
            assert recorded not in (True, False, "") or answer.body == recorded
        if answer.status in (200, 404) and "X-Consul-Index" in row["headers"]:
            assert answer.index > 0


def test_each_difference_is_one() -> None:
    """A row of the tables that no recorded answer needs would only hide something."""
    seen = json.dumps(RECORDED)
    assert [key for key in NOT_READ if f'"{key}"' not in seen] == []
    assert [text for text in OTHER_TEXTS if text not in seen] == []
    sent = {(row["scenario"], row["method"], row["path"]) for row in RECORDED}
    assert set(OTHER_ANSWERS) <= sent
