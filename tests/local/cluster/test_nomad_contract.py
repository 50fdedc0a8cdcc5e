"""Recorded requests to a real Nomad 2.0.5, sent to the stand-in in order: the same answers.

Same status, same error text, every recorded key with the same type, and the same value where the
key is in SAME_VALUES; but for what the tables below name with its reason. Ids and indexes are
mapped, commands and ports replaced by ones that exist here, delays shortened.
"""

from __future__ import annotations

import copy
import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from .processes import Cluster, free_ports, running

RECORDING = Path(__file__).parents[2] / "data/recordings/nomad-2.0.5.jsonl"
RECORDED = [json.loads(line) for line in RECORDING.read_text().splitlines()]
PATIENCE_S = 10.0
APP = (
    "import os, signal, sys; signal.signal(15, lambda *_: sys.exit(0));"
    "print('start', flush=True)\nwhile True: signal.pause()"
)

# Values that must be the recorded ones, wherever they stand.
SAME_VALUES = {
    "Stop", "Count", "PreviousCount", "Desired", "TriggeredBy", "DesiredTGUpdates", "Warnings",
    "QueuedAllocations", "ConstraintFiltered", "DimensionExhausted", "Error", "JobStopped",
    "CoalescedFailures", "Message", "Priority", "Enabled",
}  # fmt: skip
# Answers that differ: (scenario, method, start of the path), with the reason.
OTHER_ANSWERS = {
    ("drain", "GET", "/v1/job/"): "a blocked evaluation of a node that is not eligible",
    ("template service", "GET", "/v1/job/"): "templates that read Consul's services are refused",
    ("resource with static port", "GET", "/v1/job/"): "templates that read services are refused",
    ("resource with static port", "GET", "/v1/client/"): "templates that read services are refused",
    ("periodic and batch", "GET", "/v1/job"): "the launch by hand before it was not recorded",
}
# A text that differs behind its first words: the reason.
OTHER_TEXTS = {"invalid character": "the words behind it are Go's parser's"}
# Where the task prints the same words here, so that what is read of its log is the very same.
SAME_WORDS = {"log files"}
# Keys that the stand-in does not have, or not of that type, wherever they stand: the reason.
NOT_READ = {
    "ClassEligibility": "one node, no classes",
    "DeploymentStatus": "no deployments, so nobody watches their health",
    "NetworkStatus": "no network but the host's",
    "Resources": "deprecated, and repeated in AllocatedResources",
    "SharedResources": "deprecated, and repeated in AllocatedResources",
    "TaskResources": "deprecated, and repeated in AllocatedResources",
    "SigningKeyID": "no workload identities",
    "ResourcesExhausted": "the dimension tells",
    "ScoreMetaData": "one node, no scores",
    "Networks": "repeated in Ports; on nodes: loopback only",
    "NodeNetworks": "loopback only",
    "Processors": "the sum of the clock is enough",
    "exec": "raw_exec only",
    "LastDrain": "no drain yet",
    "Capabilities": "drivers are not limited by namespace",
    "Data": "a task prints other words here",
}
# Keys that may be null here or there, by what happened to run when.
SOMETIMES_NULL = {
    "StartedAt", "FinishedAt", "LastRestart", "RescheduleTracker", "FailedTGAllocs", "TaskStates",
    "ClassExhausted", "QuotaExhausted", "Events", "CreatedEvals", "Migrate", "NoShutdownDelay",
    "Reschedule",
}  # fmt: skip
# Keys that are there only when something happened: they are not missed elsewhere.
SOMETIMES_ABSENT = {"Meta", "BlockedEval", "FailedTGAllocs", "PreviousEval", "StatusDescription"}
NUMBERS = re.compile(r"conflicting job modify index: (\d+)")
WAITED = re.compile(r"restarting in [\d.ms]+")


class Replay:
    """The recorded requests, put to this cluster: what it answers in place of the recorded ids."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.known: dict[str | int, str | int] = {}
        (self.port,) = free_ports(1)

    def request(self, row: dict[str, Any]) -> tuple[str, Any]:
        """(path, body) as they are sent here."""
        path, body = self._path(row), copy.deepcopy(row["request"])
        if isinstance(body, dict):
            if body.get("JobModifyIndex"):
                index = body["JobModifyIndex"]
                body["JobModifyIndex"] = self.known.get(index, index)
            for group in (body.get("Job") or {}).get("TaskGroups", []):
                self._make_runnable(group)
            for key, value in (body.get("Items") or {}).items():
                if found := re.fullmatch(r"<(\d+) characters>", value):
                    body["Items"][key] = "x" * int(found[1])
        return path, body

    def _path(self, row: dict[str, Any]) -> str:
        path = self._path_of(row)
        for launched in re.findall(r"[\w-]+%2Fperiodic-\d+", path):
            known = str(self.known.get(launched.replace("%2F", "/"), launched))
            path = path.replace(launched, known.replace("/", "%2F"))
        return path

    def _path_of(self, row: dict[str, Any]) -> str:
        for text in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", row["path"]):
            if text in self.known:
                return str(row["path"]).replace(text, str(self.known[text]))
            if "alloc" in row["path"] or "/logs/" in row["path"]:
                return str(row["path"]).replace(text, self._allocation(row, text))
        return str(row["path"])

    def _allocation(self, row: dict[str, Any], text: str) -> str:
        """One of ours that is in the state in which the recorded one was."""
        if text.startswith("00000000"):
            return text
        wanted = row["response"] if isinstance(row["response"], dict) else {}
        asked = {k: wanted[k] for k in ("DesiredStatus", "ClientStatus") if k in wanted}
        asked = asked or {"DesiredStatus": "run", "ClientStatus": "running"}
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            rows = self.cluster.ask("GET", "/v1/allocations?namespace=team-a").json()
            like = [a for a in rows if all(a[k] == v for k, v in asked.items())]
            like = [a for a in like if a["JobID"].startswith("shop-prod-web")]
            if like:
                return str(max(like, key=_eventful)["ID"])
            time.sleep(0.05)
        raise AssertionError(f"no allocation is {asked}")

    def settle(self, path: str) -> None:
        """Waits until the job's tasks run, as whoever recorded this did before scaling."""
        url = path.replace("/scale", "/allocations")
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            rows = self.cluster.ask("GET", url).json()
            if all(a["ClientStatus"] == "running" for a in rows if a["DesiredStatus"] == "run"):
                return
            time.sleep(0.05)

    def _make_runnable(self, group: dict[str, Any]) -> None:
        if group.get("ShutdownDelay"):
            group["ShutdownDelay"] = 10**8
        for network in group.get("Networks") or []:
            for port in network.get("ReservedPorts") or []:
                port["Value"] = self.port
        for task in group["Tasks"]:
            config, inline = task["Config"], task["Config"]["args"][0] == "-c"
            args = config["args"] if inline else ["-c", APP]
            task["Config"] = {"command": sys.executable, "args": ["-S", *args]}
            if task.get("ShutdownDelay"):
                task["ShutdownDelay"] = 10**8

    def learn(self, recorded: Any, found: Any) -> None:
        """Notes which of our ids and indexes stand for the recorded ones."""
        if isinstance(recorded, dict) and isinstance(found, dict):
            for key, value in recorded.items():
                own = key in ("EvalID", "JobModifyIndex", "BlockedEval")
                if key in found and (own or "/periodic-" in str(value)):
                    self.known[value] = found[key]
        if story(recorded) and story(found):
            self.known[recorded[0]["ID"]] = found[0]["ID"]

    def text(self, recorded: str) -> str:
        """The recorded text with our indexes."""
        found = NUMBERS.search(recorded)
        if not found:
            return recorded
        index = self.known[int(found[1])]
        return recorded[: found.start(1)] + str(index) + recorded[found.end(1) :]


def _eventful(alloc: dict[str, Any]) -> int:
    return sum(len(state["Events"]) for state in (alloc["TaskStates"] or {}).values())


def differences(recorded: Any, found: Any, at: str = "") -> Iterator[str]:
    """What is missing, of another type, or of another value where that counts."""
    if isinstance(recorded, dict) and isinstance(found, dict):
        for key, value in recorded.items():
            if key in NOT_READ or (key in SOMETIMES_ABSENT and key not in found):
                continue
            if key not in found:
                yield f"{at}.{key} is missing"
            elif value is None or found[key] is None:
                if (value is None) != (found[key] is None) and key not in SOMETIMES_NULL:
                    yield f"{at}.{key} is {found[key]!r}, not {value!r}"
            elif key in SAME_VALUES and found[key] != value:
                yield f"{at}.{key} is {found[key]!r}, not {value!r}"
            else:
                yield from differences(value, found[key], f"{at}.{key}")
    elif isinstance(recorded, list) and isinstance(found, list):
        if recorded and not found:
            yield f"{at} is empty"
        for each in recorded if found else []:
            likest = min(([*differences(each, one, f"{at}[]")] for one in found), key=len)
            yield from likest
    elif type(recorded) is not type(found):
        yield f"{at} is {found!r}, not like {recorded!r}"


def story(answer: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What a job's only allocation went through; empty for any other answer."""
    if not isinstance(answer, list) or len(answer) != 1 or "TaskStates" not in answer[0]:
        return []
    return [
        (
            alloc["ClientStatus"], alloc["DesiredStatus"],
            [(e["Type"], WAITED.sub("restarting", e["DisplayMessage"]))
             for state in (alloc["TaskStates"] or {}).values() for e in state["Events"]],
        )
        for alloc in answer
    ]  # fmt: skip


def excused(row: dict[str, Any]) -> bool:
    return any(
        (scenario, method) == (row["scenario"], row["method"]) and row["path"].startswith(path)
        for scenario, method, path in OTHER_ANSWERS
    )


def check(replay: Replay, row: dict[str, Any]) -> list[str]:
    """The differences; reads are asked again for a while, since tasks take their time."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = _once(replay, row)
        if not found or row["method"] != "GET" or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def _once(replay: Replay, row: dict[str, Any]) -> list[str]:
    path, body = replay.request(row)
    if row["method"] == "POST" and "/scale" in path:
        replay.settle(path)
    more = {"data": body} if isinstance(body, str) else {}
    answer = replay.cluster.ask(row["method"], path, None if more else body, **more)
    if answer.status_code != row["status"]:
        return [f"status {answer.status_code}, not {row['status']}: {answer.text[:300]}"]
    recorded = row["response"]
    if row["scenario"] in SAME_WORDS and row["status"] == 200 and "/fs/logs/" in path:
        told = answer.json() if answer.text else ""
        return [] if told == recorded else [f"{told!r}, not {recorded!r}"]
    if row["status"] >= 400 and isinstance(recorded, str):
        return _texts(replay.text(recorded), answer.text)
    if isinstance(recorded, str):
        return []
    if "X-Nomad-Index" in row["headers"] and not int(answer.headers["X-Nomad-Index"]):
        return ["no index"]
    given = answer.json()
    replay.learn(recorded, given)
    found = [*differences(recorded, given)]
    if story(recorded) and story(given) != story(recorded):
        found.append(f"another story: {story(given)}, not {story(recorded)}")
    return found


def _texts(recorded: str, found: str) -> list[str]:
    for start in OTHER_TEXTS:
        if recorded.startswith(start):
            return [] if found.startswith(start) else [found]
    return [] if found == recorded else [f"{found!r}, not {recorded!r}"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running(tmp_path_factory.mktemp("contract"), "--cpu-mhz", "5000") as found:
        yield found


def test_it_answers_as_the_real_one_did(cluster: Cluster) -> None:
    replay, wrong = Replay(cluster), []
    for row in RECORDED:
        for text in [] if excused(row) else check(replay, row):
            wrong.append(f"{row['scenario']}: {row['method']} {row['path']}: {text}")
    assert wrong == []


def test_each_difference_is_one() -> None:
    """A row of the tables that no recorded answer needs would only hide something."""
    seen = json.dumps(RECORDED)
    assert [key for key in NOT_READ if f'"{key}"' not in seen] == []
    assert [text for text in OTHER_TEXTS if text not in seen] == []
    sent = [(r["scenario"], r["method"], r["path"]) for r in RECORDED]
    unused = [
        (scenario, method, path) for scenario, method, path in OTHER_ANSWERS
        if not any(s == scenario and m == method and p.startswith(path) for s, m, p in sent)
    ]  # fmt: skip
    assert unused == []


def test_a_wrong_token_is_refused_as_the_real_one_does(cluster: Cluster) -> None:
    for headers in ({}, {"X-Nomad-Token": "wrong"}, {"Authorization": "Bearer wrong"}):
        answer = requests.get(cluster.url("nomad_api") + "/v1/jobs", headers=headers, timeout=5)
        assert (answer.status_code, answer.text) == (403, "Permission denied")


def test_an_unknown_path_is_a_loud_error(cluster: Cluster) -> None:
    answer = cluster.ask("GET", "/v1/scaling/policies")
    assert answer.status_code == 501
    assert "GET /v1/scaling/policies" in answer.text
    assert "GET /v1/scaling/policies" in (cluster.folder / "nomad_api.log").read_text()
