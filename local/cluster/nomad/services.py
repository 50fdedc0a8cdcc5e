"""Keeps the running tasks' services registered at Consul, as a Nomad client does."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request

from local.cluster.nomad.render import IP, interpolate, ports
from local.cluster.nomad.spec import SECOND, Spec, duration
from local.cluster.say import say
from local.cluster.web import open_direct

PREFIX = "_nomad-task-"
REGISTER = "/v1/agent/service/register?replace-existing-checks=true"
MOST_OUTPUT = 4096
COMPARE_S = 2.5  # how soon a Consul that lost everything has it again
TIMEOUT_S = 5.0
LATE = 31 * SECOND  # as Nomad: a check that it runs may come this much later


@dataclass(frozen=True)
class Script:
    """A check that is a program: it passes by an exit code of 0, warns by 1, and else fails."""

    service: str
    argv: list[str]
    env: Mapping[str, str]
    interval_s: float
    timeout_s: float

    def run(self) -> tuple[str, str]:
        """(status, output) of one run, which Nomad's client would make inside the task."""
        try:
            done = subprocess.run(
                self.argv, env=dict(self.env), timeout=self.timeout_s, capture_output=True,
                stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return "critical", str(error)
        status = {0: "passing", 1: "warning"}.get(done.returncode, "critical")
        return status, (done.stdout + done.stderr)[:MOST_OUTPUT].decode(errors="replace")


def _with_consul(task: Spec) -> list[Spec]:
    return [one for one in task["Services"] or [] if one["Provider"] == "consul"]


def registrations(alloc: Spec, task: Spec, known: dict[str, str]) -> dict[str, Spec]:
    """What Consul is told of the task's services, by service id."""
    found = {}
    for service in _with_consul(task):
        name = interpolate(service["Name"], known)
        label = service["PortLabel"]
        port = ports(alloc).get(label, int(label) if label.isdigit() else 0)
        service_id = f"{PREFIX}{alloc['ID']}-{task['Name']}-{name}-{label}"
        meta = {k: interpolate(v, known) for k, v in (service["Meta"] or {}).items()}
        found[service_id] = {
            "ID": service_id, "Name": name, "Address": IP, "Port": port,
            "Tags": [interpolate(tag, known) for tag in service["Tags"] or []],
            "Meta": {**meta, "external-source": "nomad"},
            "Checks": [_check(service_id, c, alloc, port, known) for c in service["Checks"] or []],
        }  # fmt: skip
    return found


def scripts(alloc: Spec, task: Spec, known: dict[str, str]) -> dict[str, Script]:
    """The checks that are programs, by the id that Consul has of them."""
    found = {}
    for (service_id, offered), service in zip(
        registrations(alloc, task, known).items(), _with_consul(task), strict=True
    ):
        for entered, check in zip(offered["Checks"], service["Checks"] or [], strict=True):
            if check["Type"] == "script":
                words = [check["Command"], *(check["Args"] or [])]
                argv = [interpolate(word, known) for word in words]
                times = check["Interval"] / SECOND, check["Timeout"] / SECOND
                found[entered["CheckID"]] = Script(service_id, argv, known, *times)
    return found


def _check(service_id: str, check: Spec, alloc: Spec, port: int, known: dict[str, str]) -> Spec:
    port = ports(alloc).get(check["PortLabel"], port)
    digest = hashlib.sha256(json.dumps([service_id, check], sort_keys=True).encode()).hexdigest()
    found = {
        "CheckID": f"_nomad-check-{digest[:40]}", "Name": check["Name"],
        "Interval": duration(check["Interval"]), "Timeout": duration(check["Timeout"]),
        "Status": check["InitialStatus"] or "critical",
    }  # fmt: skip
    if check["Type"] == "script":
        del found["Interval"], found["Timeout"]
        return {**found, "TTL": duration(check["Interval"] + LATE)}
    if check["Type"] == "tcp":
        return {**found, "TCP": f"{IP}:{port}"}
    header = {k: [interpolate(v, known) for v in vs] for k, vs in (check["Header"] or {}).items()}
    url = f"{check['Protocol'] or 'http'}://{IP}:{port}{interpolate(check['Path'], known)}"
    return {**found, "HTTP": url, "Method": check["Method"] or "GET", "Header": header}


class Services:
    """The services that ought to stand in Consul; a thread brings Consul to them."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self._token = address, token
        self._wanted: dict[str, Spec] = {}
        self._sent: dict[str, Spec] = {}
        self._scripts: dict[str, Script] = {}
        self._running: set[str] = set()
        self._wake = threading.Condition()

    def start(self) -> None:
        """Begins to compare; ends with the process."""
        threading.Thread(target=self._run, daemon=True).start()

    def want(
        self, alloc_id: str, found: dict[str, Spec], checks: Mapping[str, Script] | None = None
    ) -> None:
        """Sets what the allocation offers, and its `checks`: nothing when it is about to stop."""
        start = f"{PREFIX}{alloc_id}-"
        with self._wake:
            kept = {k: v for k, v in self._scripts.items() if not v.service.startswith(start)}
            self._scripts = {**kept, **(checks or {})}
            others = {k: v for k, v in self._wanted.items() if not k.startswith(start)}
            if {**others, **found} != self._wanted:
                self._wanted = {**others, **found}
                self._wake.notify()

    def _run(self) -> None:
        told = ""
        while True:
            with self._wake:
                wanted = self._wanted
            trouble = self._try(wanted)
            self._check()
            if trouble != told:
                say(f"consul: {trouble or 'answers again'}")
            told = trouble
            with self._wake:
                self._wake.wait_for(lambda: self._wanted is not wanted, COMPARE_S)  # noqa: B023

    def _try(self, wanted: dict[str, Spec]) -> str:
        try:
            self._bring(wanted)
        except (URLError, OSError, ValueError) as error:
            return str(error)
        return ""

    def _bring(self, wanted: dict[str, Spec]) -> None:
        there = {k for k in self._call("GET", "/v1/agent/services") if k.startswith(PREFIX)}
        for service_id in there - set(wanted):
            self._call("PUT", f"/v1/agent/service/deregister/{quote(service_id)}")
            self._sent.pop(service_id, None)
        for service_id, service in wanted.items():
            if service_id not in there or self._sent.get(service_id) != service:
                self._call("PUT", REGISTER, service)
                self._sent[service_id] = service

    def _check(self) -> None:
        """Begins what is not run yet: a thread each, which ends when nobody wants it any more."""
        with self._wake:
            fresh = self._scripts.keys() - self._running
            self._running |= fresh
        for check_id in fresh:
            threading.Thread(target=self._keep_checking, args=(check_id,), daemon=True).start()

    def _keep_checking(self, check_id: str) -> None:
        while script := self._scripts.get(check_id):
            status, output = script.run()
            with contextlib.suppress(URLError, OSError, ValueError):  # the next one comes soon
                said = {"Status": status, "Output": output}
                self._call("PUT", f"/v1/agent/check/update/{quote(check_id)}", said)
            time.sleep(script.interval_s)
        with self._wake:
            self._running.discard(check_id)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self._address + path, data, {"X-Consul-Token": self._token}, method=method)  # noqa: S310
        with open_direct(asked, timeout=TIMEOUT_S) as answer:
            return json.loads(answer.read() or b"null")
