"""The stages of a start, then watching over what runs until the end is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from local.launch import binaries, environment, processes
from local.launch.embedded import servers
from local.launch.launch import CHECKOUT, Launch
from local.launch.postgres_home import home
from local.launch.real.start import agents
from local.launch.show import ending
from local.launch.steps import once_a_change
from local.launch.supervise import Child
from local.launch.waiting import healthy, listens, look_after, wait


def run(launch: Launch) -> int:
    """Everything, from the first server to the end block; it ends by raising Stopped."""
    up(launch)
    while True:
        look_after(launch)


def up(launch: Launch) -> Mapping[str, str]:
    """The environment of Muster's processes, once all run, the example too, and the end is said."""
    parts = _cluster(launch)
    embedded = servers(launch) | _addresses(launch)
    env = environment.platform(
        launch.environ,
        launch.configured,
        launch.ports,
        launch.state.folder,
        launch.secrets,
        embedded,
        _data(launch),
    )
    said = {step.name: once_a_change(launch, step, env) for step in processes.BEFORE}
    _wait_for_cluster(launch, parts)
    _platform(launch, env)
    said |= {step.name: once_a_change(launch, step, env) for step in processes.AFTER}
    url = env["MUSTER_URL"]
    launch.state.announce(url, environment.settings(env))
    launch.show.say(ending(url, said["seed"], said["deploy_demo"], str(launch.logs)))
    return env


def _data(launch: Launch) -> Path | None:
    """Where a postgres of an app keeps its data; None on a cluster that is not ours."""
    if launch.configured.cluster:
        return None
    return home(launch.state.path("resources"), binaries.postgres_owner())


def _cluster(launch: Launch) -> list[Child]:
    """The parts of the local cluster, starting; none where another cluster is used."""
    if launch.configured.cluster or launch.arguments.real:
        return []
    env = environment.cluster(launch.environ, launch.secrets)
    groups = processes.cluster(launch.ports, launch.state.path("cluster"))
    return [child for group in groups for child in _start(launch, group, env)]


def _addresses(launch: Launch) -> dict[str, str]:
    """The variables that name the cluster where it is ours; real agents are started here."""
    if launch.configured.cluster:
        return {}
    if launch.arguments.real:
        return agents(launch)
    return environment.addresses(launch.ports, launch.secrets)


def _wait_for_cluster(launch: Launch, parts: list[Child]) -> None:
    if not parts:
        return
    with launch.show.stage("Cluster"):
        for child in parts:
            for port in processes.PORTS_OF[child.command.name]:
                number = launch.ports[port]
                wait(launch, child, lambda number=number: listens(number))  # type: ignore[misc]


def _platform(launch: Launch, env: Mapping[str, str]) -> None:
    bind = launch.arguments.bind
    with launch.show.stage("Muster"):
        gunicorn, *_ = _start(launch, processes.platform(launch.ports, bind), env)
        wait(launch, gunicorn, lambda: healthy("127.0.0.1", launch.ports["muster"]))


def _start(launch: Launch, rows: tuple[processes.Row, ...], env: Mapping[str, str]) -> list[Child]:
    return launch.children.start(
        *(processes.command(row, env=env, checkout=CHECKOUT, logs=launch.logs) for row in rows)
    )
