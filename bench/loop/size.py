"""One size, measured: started, warmed up, read at every interval, ended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.loop import meters
from bench.loop.arguments import Arguments
from bench.loop.cells import Cell, decided, remember, start
from bench.loop.jobs import Spent, spent
from bench.loop.lag import Lags, lags
from bench.loop.meters import Cost
from bench.loop.servers import Servers, begin, jobs_file

STORED = ("platform_admin_tick", "platform_admin_scalingevent", "platform_admin_samplehour")
DAY_S = 86_400
AFTER_S = 4


@dataclass(frozen=True)
class Size:
    """What one size came to; `bytes_per_day` by table, `load` of the machine before and after."""

    services: int
    cells: int
    cost: Cost
    jobs: dict[str, Spent]
    rss_mb: float
    postgres_mb: float
    bytes_per_day: dict[str, float]
    lags: Lags | None
    scaled: int
    load: tuple[float, float]


def measure(services: int, arguments: Arguments, say: Callable[[str], None]) -> Size:
    """The size; a Problem where something does not come up, or is asked what nobody answers."""
    load, servers = os.getloadavg()[0], begin()
    try:
        say("starting")
        cells = start(servers, services, arguments)
        _warm(servers, cells, arguments, say)
        say(f"measuring {arguments.ticks} ticks")
        return _measured(servers, cells, arguments, load)
    finally:
        servers.stop(keep=arguments.logs)


def _warm(
    servers: Servers, cells: Sequence[Cell], arguments: Arguments, say: Callable[[str], None]
) -> None:
    for cell in cells:
        servers.wait(lambda cell=cell: decided(cell) >= 1, "the first tick", 120)  # type: ignore[misc]
        remember(cell, arguments.interval_s)
    say("warming up")
    for cell in cells:
        cell.begin()
    _pass(servers, arguments.warm_up * arguments.interval_s)


def _measured(servers: Servers, cells: Sequence[Cell], arguments: Arguments, load: float) -> Size:
    sizes = _stored(cells)
    readings = [meters.read(servers, cells[0])]
    for tick in range(1, arguments.ticks + 1):
        _pass(servers, readings[0].at + tick * arguments.interval_s - time.time())
        readings.append(meters.read(servers, cells[0]))
    grown, memory = _stored(cells), meters.memory_mb(servers)
    since, until = readings[0].at, readings[-1].at
    _pass(servers, arguments.interval_s + AFTER_S)
    reports = [cell.report() for cell in cells]
    breaches = [each for report in reports for each in report["breaches"]]
    scale = sum(report["asked"].get("POST scale", 0) for report in reports)
    lines = [
        line for cell in cells for line in jobs_file(servers, cell.number).read_text().splitlines()
    ]
    return Size(
        services=sum(cell.services for cell in cells),
        cells=len(cells),
        cost=meters.cost(readings),
        jobs=dict(spent(lines, since, until, arguments.ticks)),
        rss_mb=memory[0],
        postgres_mb=memory[1],
        bytes_per_day={
            name: (grown[name] - sizes[name]) / (until - since) * DAY_S for name in STORED
        },
        lags=lags([(at, asked) for at, asked in breaches if since <= at < until], time.time()),
        scaled=scale,
        load=(load, os.getloadavg()[0]),
    )


def _stored(cells: Sequence[Cell]) -> dict[str, int]:
    """The bytes of each table with its TOAST and indexes, in all cells."""
    return {
        name: sum(
            cell.rows("SELECT pg_total_relation_size(%s::regclass)", name)[0][0] for cell in cells
        )
        for name in STORED
    }


def _pass(servers: Servers, seconds: float) -> None:
    """Nothing, after so many seconds in which nothing has died."""
    time.sleep(max(seconds, 0.0))
    servers.check()
