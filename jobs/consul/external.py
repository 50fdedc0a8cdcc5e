"""The catalog entry of a service that runs outside the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def node(service: str) -> str:
    """Return the name of its node: never an agent's, or Consul would mix the two."""
    return f"ext-{service}"


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
        "NodeMeta": {"external-node": "true", "external-probe": "false"},
        "Service": entry | {"Meta": dict(meta)},
        "Checks": [check],
    }


def deregistration(service: str) -> dict[str, Any]:
    """Return the body of `PUT /v1/catalog/deregister`: the node with all that is on it."""
    return {"Node": node(service)}
