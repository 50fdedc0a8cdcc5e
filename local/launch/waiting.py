"""Waiting for something to answer, while all children are looked after."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable

from local.launch.launch import Launch
from local.launch.logs import tail
from local.launch.problem import Problem
from local.launch.supervise import Child

PAUSE_S = 0.05
MOST_DEATHS = 3


def wait(launch: Launch, child: Child, ready: Callable[[], bool], within_s: float = 60) -> None:
    """Nothing, when `ready`; a Problem with the child's last words when that takes too long."""
    deadline = time.monotonic() + within_s
    while not ready():
        if child.deaths >= MOST_DEATHS or time.monotonic() > deadline:
            raise Problem(_did_not_come(child))
        look_after(launch)


def look_after(launch: Launch) -> None:
    """Nothing, after a moment in which the dead were started again; raises Stopped when asked.

    How each part is was told, too.
    """
    launch.stop.check()
    launch.children.check()
    launch.watch.look(launch.children.all())
    time.sleep(PAUSE_S)


def listens(port: int) -> bool:
    """Whether something takes connections on this port of the loopback address."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def healthy(address: str, port: int) -> bool:
    """Whether Muster's health page says that it can work."""
    try:
        connection = http.client.HTTPConnection(address, port, timeout=5)
        connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False


def _did_not_come(child: Child) -> str:
    log = child.command.log
    return f"{child.command.name} did not come up. Its log, {log}, ends:\n{tail(log)}"
