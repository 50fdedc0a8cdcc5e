"""`python -m local.launch.demo`: runs the demo on Muster; `./run demo` calls it.

It uses the Muster that runs on the state folder, or starts one for the time of the run.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.launch import start
from local.launch.__main__ import main
from local.launch.arguments import Arguments, parse_demo
from local.launch.launch import CHECKOUT, Launch
from local.launch.process import Command, ask_to_end, spawn, wait_for_end
from local.launch.show import Show
from local.launch.state import running
from local.launch.stop import Stop, Stopped
from local.launch.waiting import PAUSE_S, look_after

# When it is told to end, the run puts back first what it has changed.
ENDS_WITHIN_S = 60.0


def demo(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """The exit code: 0 where all was as it should be, 1 where not or something stood in the way."""
    asked = parse_demo(argv, environ)
    env = running(asked.state)
    if env is None:
        return main(argv, environ, _within, parse_demo)
    return _beside(asked, {**environ, **env})


def _within(launch: Launch) -> int:
    """The run on a Muster that was started for it, and ends with it."""
    env = start.up(launch)
    return _run(launch.arguments, env, launch.show, lambda: look_after(launch))


def _beside(asked: Arguments, env: Mapping[str, str]) -> int:
    """The run on a Muster that somebody else has started."""
    show, stop = Show(), Stop(lambda: None)
    stop.listen()
    show.say(f"On the Muster that runs on {asked.state}: {env['MUSTER_URL']}")

    def wait() -> None:
        stop.check()
        time.sleep(PAUSE_S)

    return _run(asked, env, show, wait)


def _run(asked: Arguments, env: Mapping[str, str], show: Show, wait: Callable[[], None]) -> int:
    """The run's exit code; what it says is said while it goes on, and stands in its log."""
    log = asked.state / "logs" / "demo.log"
    json = ("--json", str(asked.json)) if asked.json else ()
    argv = (sys.executable, "manage.py", "demo", *json)
    said = log.stat().st_size if log.exists() else 0
    quiet = {**env, "MUSTER_LOG_LEVEL": "WARNING"}
    child = spawn(Command("demo", argv, quiet, CHECKOUT, log))
    try:
        while child.poll() is None:
            wait()
            said = _say_new(show, log, said)
    except Stopped:
        show.say("Putting back what the demo has changed ...")
    finally:
        ask_to_end(child, Command.on_stop)
        wait_for_end(child, ENDS_WITHIN_S)
        _say_new(show, log, said)
    return 0 if child.returncode == 0 else 1


def _say_new(show: Show, log: Path, said: int) -> int:
    """How many bytes of the log are said now: all that end in a whole line."""
    with log.open("rb") as file:
        file.seek(said)
        fresh = file.read()
    whole = fresh[: fresh.rfind(b"\n") + 1]
    if whole:
        show.say(whole.decode(errors="replace").removesuffix("\n"))
    return said + len(whole)


if __name__ == "__main__":
    sys.exit(demo(sys.argv[1:], os.environ))
