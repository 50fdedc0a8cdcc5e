"""`python -m bench.loop`: measure, and say what came out; `./run bench loop` calls it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

from bench.loop.arguments import parse
from bench.loop.report import table, text
from bench.loop.size import measure
from local.launch.problem import Problem


def main(argv: Sequence[str]) -> int:
    """0 when every size was measured, 1 when something stood in the way."""
    arguments, sizes = parse(argv, os.environ), []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        for services in arguments.sizes:
            sizes.append(measure(services, arguments, _sayer(services)))
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    if arguments.json:
        arguments.json.write_text(text(sizes[0]))
    print(table(sizes))
    return 0


def _sayer(services: int) -> Callable[[str], None]:
    """What tells how far a size is."""
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{services:,} services, {time.monotonic() - began:.0f} s: {what}", file=sys.stderr)

    return say


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
