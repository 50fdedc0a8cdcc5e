"""Consul's API as typed calls: `ask` may be sent twice, `tell` is sent once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobs.attempts import Patience
from jobs.consul.check import Check
from jobs.consul.checks import Checks
from jobs.consul.door import Door
from jobs.consul.endpoint import Endpoint, read_endpoint
from jobs.consul.external import deregistration, registration, service_of
from jobs.consul.operation import Entry, Operation, read_entry, write_operation
from jobs.consul.settings import ConsulSettings
from jobs.errors import ClusterError, Missing

MOST_OPERATIONS = 64


def connect(settings: ConsulSettings, patience: Patience | None = None) -> Consul:
    """Return a client; nothing is sent yet."""
    return Consul(Door(settings, patience))


class Consul:
    """A typed client. Threads may share it; after a fork make a new one.

    Every method raises ClusterError's children: Unavailable, Conflict, Refused, Forbidden, Missing.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._checks = Checks(door)

    # Services

    def health(self, service: str, *, passing: bool = True) -> tuple[Endpoint, ...]:
        """Return the service's registrations, by default only those that pass."""
        params = {"passing": "1"} if passing else {}
        answer = self._door.ask("get", f"health/service/{service}", params)
        return tuple(read_endpoint(body) for body in answer.json())

    def checks(self) -> tuple[Check, ...]:
        """Return every service's checks, in one round trip or two; node checks are left out."""
        return self._checks.read()

    def outputs(self) -> Mapping[str, str]:
        """Return what the checks that do not pass last said, by their registration's id.

        The catalog gets to know it minutes later, so the agent that answers here is asked: it
        knows those that it runs itself.
        """
        listed = self._door.ask("get", "agent/checks").json().values()
        return {
            body["ServiceID"]: body["Output"]
            for body in listed
            if body.get("ServiceID") and body.get("Output") and body["Status"] != "passing"
        }

    def services(self) -> Mapping[str, tuple[str, ...]]:
        """Return the tags of every service by its name."""
        listed = self._door.ask("get", "catalog/services").json()
        return {name: tuple(tags or ()) for name, tags in listed.items()}

    def register_external(
        self,
        service: str,
        *,
        address: str,
        port: int,
        passing: bool,
        output: str = "",
        meta: Mapping[str, str] | None = None,
    ) -> None:
        """Enter, or enter again, a service outside the cluster with what its probe found."""
        body = registration(service, address, port, passing, output, meta or {})
        self._door.ask("put", "catalog/register", body=body)

    def deregister_external(self, service: str) -> None:
        """Take such a service out; harmless for an unknown one."""
        self._door.ask("put", "catalog/deregister", body=deregistration(service))

    def externals(self) -> tuple[str, ...]:
        """Return the services outside the cluster that were entered, whatever their probe found."""
        listed = self._door.ask("get", "catalog/nodes").json()
        found = (service_of(each["Node"], each.get("Meta") or {}) for each in listed)
        return tuple(sorted(filter(None, found)))

    # Keys

    def key(self, key: str) -> Entry | None:
        """Return the key's entry, None where there is none."""
        return self._entries(key, {}).get(key)

    def tree(self, prefix: str) -> Mapping[str, Entry]:
        """Return the entries of all keys that begin with `prefix`, none being an empty mapping."""
        return self._entries(prefix, {"recurse": "1"})

    def tree_index(self, prefix: str) -> int:
        """Return the index of the last change below `prefix`, 0 where no key is.

        It goes down when Consul came back empty, or forgets after 15 minutes what was deleted: so
        another index is a change, not only a higher one. `prefix` ends in "/", and of what is
        below, only the next level is sent.
        """
        try:
            return self._door.ask("get", f"kv/{prefix}", {"keys": "1", "separator": "/"}).index
        except Missing:
            return 0

    def _entries(self, path: str, params: Mapping[str, str]) -> dict[str, Entry]:
        try:
            answer = self._door.ask("get", f"kv/{path}", params)
        except Missing:
            return {}
        return {body["Key"]: read_entry(body) for body in answer.json()}

    def transact(self, operations: Sequence[Operation]) -> None:
        """Do all of at most 64 operations, or none; Conflict on a stale index.

        Repeated only when doing it twice is the same as once: a compare-and-set whose first
        answer was lost would conflict with itself.
        """
        if len(operations) > MOST_OPERATIONS:
            raise ValueError(f"{len(operations)} operations, at most {MOST_OPERATIONS}")
        send = self._door.ask if all(_plain(each) for each in operations) else self._door.tell
        if operations:
            send("put", "txn", body=[write_operation(each) for each in operations])

    # The cluster

    def ensure_catch_all_query(self, service: str = "traefik") -> None:
        """Make every name below query.consul lead to `service`; there is one such query at most."""
        wanted = {
            "Name": "",
            "Template": {"Type": "name_prefix_match"},
            "Service": {"Service": service, "OnlyPassing": True},
        }
        present = next((q for q in self._door.ask("get", "query").json() if _catch_all(q)), None)
        if present is None:
            self._door.tell("post", "query", body=wanted)
        elif not _leads_to(present, service):
            self._door.ask("put", f"query/{present['ID']}", body=wanted)

    def healthy(self) -> bool:
        """Return whether Consul answers and has a leader. Asked once."""
        try:
            return bool(self._door.tell("get", "status/leader").json())
        except ClusterError:
            return False


def _plain(operation: Operation) -> bool:
    return operation.verb in ("set", "delete")


def _catch_all(query: Mapping[str, Any]) -> bool:
    template = query.get("Template") or {}
    return not query.get("Name") and template.get("Type") == "name_prefix_match"


def _leads_to(query: Mapping[str, Any], service: str) -> bool:
    target = query.get("Service") or {}
    return bool(target.get("Service") == service and target.get("OnlyPassing"))
