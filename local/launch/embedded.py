"""The embedded Postgres and Valkey of one start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from local.launch import environment, postgres, valkey
from local.launch.launch import Launch
from local.launch.logs import tail
from local.launch.problem import Problem
from local.launch.supervise import Child


def servers(launch: Launch) -> dict[str, str]:
    """The variables that name the embedded servers, running and prepared."""
    made: dict[str, str] = {}
    if not launch.configured.database:
        with launch.show.stage("Postgres"):
            made |= _postgres(launch)
    if not launch.configured.queue:
        with launch.show.stage("Valkey"):
            made |= _valkey(launch)
    return made


def _postgres(launch: Launch) -> dict[str, str]:
    folder, port = launch.state.path("postgres"), launch.ports["postgres"]
    server = postgres.place(folder, port, launch.secrets)
    env = environment.bare(launch.environ)
    command = postgres.command(server, env=env, log=launch.log("postgres"))
    [child] = launch.children.start(command)
    with _last_words_of(child):
        postgres.wait_and_prepare(server, lambda: _going_on(launch, child))
    return {"DATABASE_URL": server.url, "DATABASE_OWNER_URL": server.owner_url}


def _valkey(launch: Launch) -> dict[str, str]:
    folder, port = launch.state.path("valkey"), launch.ports["valkey"]
    server = valkey.Valkey(folder, port, launch.secrets["valkey"])
    env = environment.bare(launch.environ)
    [child] = launch.children.start(valkey.command(server, env=env, log=launch.log("valkey")))
    with _last_words_of(child):
        valkey.wait(server, lambda: _going_on(launch, child))
    return {"REDIS_URL": server.url}


def _going_on(launch: Launch, child: Child) -> bool:
    launch.stop.check()
    return child.alive()


@contextmanager
def _last_words_of(child: Child) -> Iterator[None]:
    """Around a wait: its Problem carries the end of the child's log, which knows the reason."""
    try:
        yield
    except Problem as problem:
        log = child.command.log
        raise Problem(f"{problem}\nIts log, {log}, ends:\n{tail(log)}") from problem
