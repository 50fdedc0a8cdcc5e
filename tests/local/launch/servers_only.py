"""`python -m tests.local.launch.servers_only`: the launcher, with Postgres and Valkey alone."""

from __future__ import annotations

import os
import sys

from local.launch.__main__ import main
from local.launch.embedded import servers
from local.launch.launch import Launch
from local.launch.waiting import look_after


def stages(launch: Launch) -> int:
    """Both servers run and are watched over; raises Stopped at the end."""
    for name, url in servers(launch).items():
        launch.show.say(f"{name}={url}")
    launch.state.announce(f"http://127.0.0.1:{launch.ports['muster']}", {})
    launch.show.say("ready")
    while True:
        look_after(launch)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, stages))
