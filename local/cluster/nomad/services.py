"""Keeps the running tasks' services registered at Consul, as a Nomad client does."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request

from local.cluster.nomad.render import IP, interpolate, ports
from local.cluster.nomad.spec import Spec, duration
from local.cluster.say import say
from local.cluster.web import open_direct

PREFIX = "_nomad-task-"
REGISTER = "/v1/agent/service/register?replace-existing-checks=true"
COMPARE_S = 2.5  # how soon a Consul that lost everything has it again
TIMEOUT_S = 5.0


def registrations(alloc: Spec, task: Spec, known: dict[str, str]) -> dict[str, Spec]:
    """What Consul is told of the task's services, by service id."""
    found = {}
    for service in task["Services"] or []:
        if service["Provider"] != "consul":
            continue
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


def _check(service_id: str, check: Spec, alloc: Spec, port: int, known: dict[str, str]) -> Spec:
    port = ports(alloc).get(check["PortLabel"], port)
    digest = hashlib.sha256(json.dumps([service_id, check], sort_keys=True).encode()).hexdigest()
    found = {
        "CheckID": f"_nomad-check-{digest[:40]}", "Name": check["Name"],
        "Interval": duration(check["Interval"]), "Timeout": duration(check["Timeout"]),
        "Status": check["InitialStatus"] or "critical",
    }  # fmt: skip
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
        self._wake = threading.Condition()

    def start(self) -> None:
        """Begins to compare; ends with the process."""
        threading.Thread(target=self._run, daemon=True).start()

    def want(self, alloc_id: str, found: dict[str, Spec]) -> None:
        """Sets what the allocation offers: nothing when it is about to stop."""
        start = f"{PREFIX}{alloc_id}-"
        with self._wake:
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

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self._address + path, data, {"X-Consul-Token": self._token}, method=method)  # noqa: S310
        with open_direct(asked, timeout=TIMEOUT_S) as answer:
            return json.loads(answer.read() or b"null")
