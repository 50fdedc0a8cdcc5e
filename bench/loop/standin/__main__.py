"""`python -m bench.loop.standin`: plays the cluster of one cell until SIGTERM."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bench.loop import world
from bench.loop.standin.cluster import Cluster
from bench.loop.standin.instances import ADDRESS
from bench.loop.standin.queues import Queues
from bench.loop.standin.server import Answers, Server
from bench.loop.standin.specs import rendered


def main(argv: Sequence[str]) -> int:
    """0 after SIGTERM."""
    asked = _parsed(argv)
    queues = Queues(os.environ["QUEUES_URL"])
    units = world.units(asked.services)
    queues.begin([unit for unit in units if not unit.has_port])
    kept = json.loads((asked.folder / "jobs.json").read_text())
    api = f"http://{ADDRESS}:{asked.port}/edge"
    chance = random.Random(asked.seed)  # noqa: S311
    cluster = Cluster(
        units, _redises(units, asked.queues_port), queues, time.time(), asked.interval, chance
    )
    answers = Answers(
        cluster,
        {spec["ID"]: rendered(spec) for spec in kept},
        (asked.folder / "routes.json").read_bytes(),
        api,
    )
    stop = threading.Event()
    server = Server(asked.port, answers)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    for run in (server.serve_forever, lambda: queues.run(stop.wait, stop.is_set)):
        threading.Thread(target=run, daemon=True).start()
    stop.wait()
    return 0


def _redises(units: Sequence[world.Unit], port: int) -> list[tuple[str, str, int]]:
    teams = {unit.app: unit.team for unit in units}
    return [(teams[app], slug, port) for app, slug in world.redis_slugs(units).items()]


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.loop.standin")
    parser.add_argument("--services", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--queues-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="what was rendered beforehand")
    parser.add_argument("--interval", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
