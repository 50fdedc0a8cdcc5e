"""Starting the three agents, one after the other, each set up as soon as it answers."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

from local.launch import environment
from local.launch.asking import Question, http
from local.launch.launch import CHECKOUT, Launch
from local.launch.problem import Problem
from local.launch.process import Command
from local.launch.real import consul, nomad, programs, traefik
from local.launch.state import write_private
from local.launch.supervise import Child
from local.launch.waiting import wait

# Those of the demo's teams; `nomad namespace apply` makes one for each further team.
DEMO_NAMESPACES = ("demo", "other")
NOMAD_WITHIN_S = 60.0
"""Draining the node, the tasks' end and the agent's are in it."""


def agents(launch: Launch) -> dict[str, str]:
    """The variables that name the running agents, with Muster's tokens."""
    env = environment.bare(launch.environ)
    paths = programs.find(env)
    try:
        with launch.show.stage("Consul"):
            _consul(launch, paths["consul"], env)
        with launch.show.stage("Nomad"):
            token = _nomad(launch, paths["nomad"], env)
        with launch.show.stage("Traefik"):
            _traefik(launch, paths["traefik"], env)
    except requests.RequestException as error:
        raise Problem(f"An agent refused to be set up: {error}") from error
    return {**environment.addresses(launch.ports, launch.secrets), "NOMAD_TOKEN": token}


def _consul(launch: Launch, program: str, env: Mapping[str, str]) -> None:
    management = launch.secrets["consul_management"]
    config = consul.config(
        launch.ports, _folder(launch, "consul"), management, programs.version(program, env)
    )
    file = _write(launch, "consul.json", config)
    argv = (program, "agent", f"-config-file={file}")
    asks = http(launch.ports["consul"], "/v1/status/leader")
    child = _start(launch, "consul", "knows where everything is", argv, env, asks)
    api = consul.api(launch.ports, management)
    wait(launch, child, lambda: consul.ready(api))
    _retry(launch, child, lambda: consul.grant(api, launch.ports, launch.secrets))


def _nomad(launch: Launch, program: str, env: Mapping[str, str]) -> str:
    management, ports = launch.secrets["nomad_management"], launch.ports
    config = nomad.config(ports, _folder(launch, "nomad"), launch.secrets["consul_nomad"])
    file = _write(launch, "nomad.json", config)
    child = _start_nomad(launch, program, file, env, management)
    api = nomad.api(ports, management)
    wait(launch, child, lambda: _calm(lambda: nomad.bootstrap(api, management)))
    wait(launch, child, lambda: _calm(lambda: nomad.node(api) != ""))
    nomad.open_node(api)
    nomad.namespaces(api, DEMO_NAMESPACES)
    return nomad.muster_token(api, ports, launch.state.path("real", "nomad-token"))


def _traefik(launch: Launch, program: str, env: Mapping[str, str]) -> None:
    config = traefik.config(launch.ports, launch.secrets["consul_traefik"])
    file = _write(launch, "traefik.yaml", config)
    argv, asks = (program, f"--configfile={file}"), http(launch.ports["edge_api"], "/ping")
    child = _start(launch, "traefik", "leads requests to the apps", argv, env, asks)
    wait(launch, child, lambda: traefik.ready(launch.ports))
    traefik.register(consul.api(launch.ports, launch.secrets["consul"]), launch.ports)


def _start(
    launch: Launch,
    name: str,
    purpose: str,
    argv: tuple[str, ...],
    env: Mapping[str, str],
    asks: Question,
) -> Child:
    """The agent. Without its launcher it goes at once: both are made for a power cut."""
    command = Command(
        name, argv, env, launch.state.path("real"), launch.log(name),
        on_orphan=signal.SIGKILL, purpose=purpose, asks=asks,
    )  # fmt: skip
    return launch.children.start(command)[0]


def _start_nomad(
    launch: Launch, program: str, config: Path, env: Mapping[str, str], management: str
) -> Child:
    """The agent below its parent, which drains it when our pipe closes; our end only wakes it."""
    module = (sys.executable, "-m", "local.launch.real.agent")
    command = Command(
        "nomad",
        (*module, program, str(config), str(launch.ports.base)),
        {**env, "NOMAD_MANAGEMENT_TOKEN": management},
        CHECKOUT,
        launch.log("nomad"),
        on_orphan=signal.SIGCONT,
        stop_within_s=NOMAD_WITHIN_S,
        pipe=True,
        purpose="decides what runs, and runs it",
        asks=http(launch.ports["nomad"], "/v1/status/leader"),
    )
    return launch.children.start(command)[0]


def _calm(ready: Callable[[], bool]) -> bool:
    """The same, False while the agent still refuses: a new leader needs a moment."""
    try:
        return ready()
    except requests.RequestException:
        return False


def _retry(launch: Launch, child: Child, act: Callable[[], None]) -> None:
    def acted() -> bool:
        act()
        return True

    wait(launch, child, lambda: _calm(acted), within_s=20)


def _write(launch: Launch, name: str, config: Mapping[str, Any]) -> Path:
    path = launch.state.path("real", name)
    write_private(path, json.dumps(config, indent=1))
    return path


def _folder(launch: Launch, name: str) -> Path:
    folder = launch.state.path("real", name)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
