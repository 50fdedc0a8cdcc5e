"""The real Nomad: server and client in one persistent agent on loopback, ACLs on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.launch.ports import Ports
from local.launch.real import rights
from local.launch.real.http import Api
from local.launch.state import write_private

FOREVER = {"attempts": 0}


def config(ports: Ports, data: Path, consul_token: str) -> Mapping[str, Any]:
    """The agent's configuration. Templates try for ever: giving up would end tasks."""
    return {
        "name": "muster",
        "data_dir": str(data),
        "bind_addr": "127.0.0.1",
        "ports": {
            "http": ports["nomad"], "rpc": ports["nomad_rpc"], "serf": ports["nomad_serf"],
        },
        "advertise": {
            "http": f"127.0.0.1:{ports['nomad']}",
            "rpc": f"127.0.0.1:{ports['nomad_rpc']}",
            "serf": f"127.0.0.1:{ports['nomad_serf']}",
        },
        "server": {"enabled": True, "bootstrap_expect": 1, "raft_multiplier": 1},
        "client": {
            "enabled": True,
            "servers": [f"127.0.0.1:{ports['nomad_rpc']}"],
            "network_interface": "lo",
            "min_dynamic_port": ports.tasks.start,
            "max_dynamic_port": ports.tasks.stop - 1,
            "max_kill_timeout": "1h",
            # Above 80 % it would throw away what ended, its logs too, on any laptop that is fuller.
            "gc_disk_usage_threshold": 100,
            "gc_inode_usage_threshold": 100,
            "template": {
                "nomad_retry": FOREVER, "consul_retry": FOREVER, "vault_retry": FOREVER,
            },
        },
        "plugin": [{"raw_exec": [{"config": [{"enabled": True}]}]}],
        "acl": {"enabled": True},
        "consul": {
            "address": f"127.0.0.1:{ports['consul']}",
            "token": consul_token,
            "server_auto_join": False,
            "client_auto_join": False,
        },
        "disable_update_check": True,
    }  # fmt: skip


def api(ports: Ports, token: str) -> Api:
    """Its API."""
    return Api(f"http://127.0.0.1:{ports['nomad']}", "X-Nomad-Token", token)


def bootstrap(nomad: Api, management: str) -> bool:
    """Whether ACLs are set up, with this management token; False while there is no leader."""
    if not nomad.answers("/v1/status/leader"):
        return False
    if not nomad.answers("/v1/acl/token/self"):
        nomad.put("/v1/acl/bootstrap", {"BootstrapSecret": management})
    return True


def muster_token(nomad: Api, ports: Ports, kept: Path) -> str:
    """Muster's token, with the policy as written here; made once, because Nomad chooses it."""
    nomad.put("/v1/acl/policy/muster", {"Name": "muster", "Rules": rights.NOMAD_MUSTER})
    token = kept.read_text() if kept.exists() else ""
    if not token or not api(ports, token).allowed("/v1/acl/token/self"):
        made = nomad.put(
            "/v1/acl/token", {"Name": "muster", "Type": "client", "Policies": ["muster"]}
        )
        token = made.json()["SecretID"]
        write_private(kept, token)
    return token


def namespaces(nomad: Api, names: tuple[str, ...]) -> None:
    """Nothing; the namespaces exist, which only an operator's token may make."""
    for name in names:
        nomad.put(f"/v1/namespace/{name}", {"Name": name})


def node(nomad: Api) -> str:
    """The id of the only node, "" before it is ready."""
    nodes = [each["ID"] for each in nomad.get("/v1/nodes") if each["Status"] == "ready"]
    return nodes[0] if nodes else ""


def open_node(nomad: Api) -> None:
    """Nothing; the node takes tasks again after the drain of the last stop."""
    nomad.put(f"/v1/node/{node(nomad)}/eligibility", {"Eligibility": "eligible"})


def drain(nomad: Api) -> None:
    """Nothing; every task was told to end, its jobs stay registered."""
    nomad.put(
        f"/v1/node/{node(nomad)}/drain",
        {"DrainSpec": {"Deadline": -1}, "MarkEligible": False},
    )


def forget_ended(nomad: Api) -> None:
    """Nothing; the folders of ended tasks are gone, and the memory mounted for their secrets."""
    nomad.put(f"/v1/client/gc?node_id={node(nomad)}")


def running(nomad: Api) -> int:
    """How many allocations have not ended yet."""
    ended = {"complete", "failed", "lost"}
    allocations = nomad.get(f"/v1/node/{node(nomad)}/allocations")
    return sum(each["ClientStatus"] not in ended for each in allocations)
