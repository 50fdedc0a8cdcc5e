"""`python -m local.launch.afterwards RECORD`: ends what a killed launcher leaves, frozen or not.

The launcher's end reaches its children by signals of Linux; what is frozen does not act on them,
and what has processes of its own may leave those. So this process waits for the launcher's pipe to
close, and then does what the next start would do. It is a part like the others: killed, it comes
back, and frozen, it is woken by the launcher's end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from signal import SIGCONT

from local.launch import pids
from local.launch.process import Command

NAME = "afterwards"


def command(record: Path, *, env: Mapping[str, str], checkout: Path, log: Path) -> Command:
    """The process as it is started: before all others, so that it is ended after them."""
    return Command(
        NAME,
        (sys.executable, "-m", "local.launch.afterwards", str(record)),
        env,
        checkout,
        log,
        on_orphan=SIGCONT,
        pipe=True,
        purpose="ends everything if the launcher is killed",
    )


def main(record: Path) -> None:
    """Nothing, when the launcher is gone and nothing of it is left."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    pids.end_leftovers(record, lambda said: print(said, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
