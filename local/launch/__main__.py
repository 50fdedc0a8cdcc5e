"""`python -m local.launch`: starts Muster on this machine; `./run` calls it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from local.launch import (
    afterwards,
    configured,
    environment,
    keys,
    logs,
    pids,
    ports,
    processes,
    start,
)
from local.launch.arguments import Arguments, parse
from local.launch.launch import CHECKOUT, Launch
from local.launch.problem import Problem
from local.launch.show import Show
from local.launch.state import hold
from local.launch.stop import Stop, Stopped
from local.launch.supervise import Children
from local.launch.watch import Watch


def main(
    argv: Sequence[str],
    environ: Mapping[str, str],
    stages: Callable[[Launch], int] = start.run,
    read: Callable[[Sequence[str], Mapping[str, str]], Arguments] = parse,
) -> int:
    """The exit code: 0 after an end that was asked for, 1 when something stood in the way."""
    show = Show()
    try:
        launch = _prepare(read(argv, environ), environ, show)
        try:
            with suppress(Stopped):
                _outlived(launch)
                return stages(launch)
            return 0
        finally:
            show.say("Stopping ...")
            launch.children.stop()
            launch.watch.end()
            launch.state.release()
    except Problem as problem:
        show.say(str(problem))
        return 1


def _prepare(arguments: Arguments, environ: Mapping[str, str], show: Show) -> Launch:
    """The start as it may go on: nobody else holds its folder, its ports or its servers."""
    if arguments.port is not None:
        ports.derive(arguments.port)
    named = configured.read(environ)
    if arguments.real and named.cluster:
        raise Problem("--real starts a cluster and NOMAD_ADDR names one: choose one of them.")
    state = hold(arguments.state)
    own = ports.derive(state.port(arguments.port, ports.USUAL))
    own.claim()
    record = state.path("pids.json")
    children = Children(record, show.say)
    stop = Stop(children.kill)
    stop.listen()
    pids.end_leftovers(record, show.say)
    ports.check_free(own, _needed(named, arguments.real))
    state.keep_port(own.base)
    for line in configured.check(named, environ):
        show.say(line)
    logs.rotate(state.path("logs"))
    secrets = keys.load_or_make(state.path("secrets.json"))
    watch = Watch(state.path("parts.json"), show.say)
    return Launch(arguments, own, state, secrets, named, environ, children, show, stop, watch)


def _outlived(launch: Launch) -> None:
    """Nothing; should we be killed, somebody ends what we leave."""
    launch.children.start(
        afterwards.command(
            launch.children.record,
            env=environment.bare(launch.environ),
            checkout=CHECKOUT,
            log=launch.log(afterwards.NAME),
        )
    )


def _needed(named: configured.Configured, real: bool) -> list[str]:
    """Which ports must be free, by their names."""
    local = [port for ports_of in processes.PORTS_OF.values() for port in ports_of]
    return [
        "muster",
        *([] if named.database else ["postgres"]),
        *([] if named.queue else ["valkey"]),
        *([] if named.cluster else processes.PORTS_OF_REAL if real else local),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
