"""The real Consul: one server on loopback, ACLs on, nothing allowed without a token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.launch.ports import Ports
from local.launch.real import rights
from local.launch.real.http import Api

RENAMED_TOKEN = (1, 11)

POLICIES: Mapping[str, tuple[str, str]] = {
    # policy: its rules, and the name of its token among our secrets
    "muster": (rights.CONSUL_MUSTER, "consul"),
    "traefik": (rights.CONSUL_TRAEFIK, "consul_traefik"),
    "nomad": (rights.CONSUL_NOMAD, "consul_nomad"),
}


def config(
    ports: Ports, data: Path, management: str, version: tuple[int, int]
) -> Mapping[str, Any]:
    """The agent's configuration; its own token is the first one, given and not generated."""
    first = "initial_management" if version >= RENAMED_TOKEN else "master"
    return {
        "server": True,
        "bootstrap_expect": 1,
        "node_name": "muster",
        "data_dir": str(data),
        "bind_addr": "127.0.0.1",
        "client_addr": "127.0.0.1",
        "ports": {
            "http": ports["consul"],
            "server": ports["consul_server"],
            "serf_lan": ports["consul_lan"],
            "serf_wan": -1,
            "dns": -1,
            "grpc": -1,
            **({"grpc_tls": -1} if version >= (1, 14) else {}),
        },
        "acl": {
            "enabled": True,
            "default_policy": "deny",
            "tokens": {first: management, "agent": management},
        },
        "performance": {"raft_multiplier": 1},
        "disable_update_check": True,
        "leave_on_terminate": False,
    }


def api(ports: Ports, token: str) -> Api:
    """Its API."""
    return Api(f"http://127.0.0.1:{ports['consul']}", "X-Consul-Token", token)


def ready(consul: Api) -> bool:
    """Whether it has a leader and knows the first token."""
    return consul.answers("/v1/status/leader") and consul.answers("/v1/acl/token/self")


def grant(consul: Api, ports: Ports, secrets: Mapping[str, str]) -> None:
    """Nothing; each policy stands as written here, each token exists. Harmless when repeated."""
    known = {policy["Name"]: policy["ID"] for policy in consul.get("/v1/acl/policies")}
    for name, (rules, secret) in POLICIES.items():
        path = f"/v1/acl/policy/{known[name]}" if name in known else "/v1/acl/policy"
        consul.put(path, {"Name": name, "Rules": rules})
        if not api(ports, secrets[secret]).allowed("/v1/acl/token/self"):
            consul.put("/v1/acl/token", {"SecretID": secrets[secret], "Policies": [{"Name": name}]})
