"""The catalog entry of a service that runs outside the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PREFIX = "ext-"
_NODE_META = {"external-node": "true", "external-probe": "false"}


def node(service: str) -> str:
    """Return the name of its node: never an agent's, or Consul would mix the two."""
    return f"{_PREFIX}{service}"


def is_external(node: str) -> bool:
    """Return whether a node of this name stands for a service outside the cluster."""
    return node.startswith(_PREFIX)


def service_of(node: str, meta: Mapping[str, str]) -> str:
    """Return the service that such a node was entered for; "" of any other node."""
    ours = is_external(node) and meta == _NODE_META
    return node.removeprefix(_PREFIX) if ours else ""


def registration(
    service: str, address: str, port: int, passing: bool, output: str, meta: Mapping[str, str]
) -> dict[str, Any]:
    """Return the body of `PUT /v1/catalog/register`; Consul never runs its check itself."""
    check = {
        "CheckID": f"muster:{service}",
        "Name": "muster",
        "Status": "passing" if passing else "critical",
        "ServiceID": service,
        "Output": output,
    }
    entry = {"ID": service, "Service": service, "Port": port, "Address": address}
    return {
        "Node": node(service),
        "Address": address,
        "NodeMeta": _NODE_META,
        "Service": entry | {"Meta": dict(meta)},
        "Checks": [check],
    }


def deregistration(service: str) -> dict[str, Any]:
    """Return the body of `PUT /v1/catalog/deregister`: the node with all that is on it."""
    return {"Node": node(service)}
