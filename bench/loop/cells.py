"""The cells of one size: each a Muster with a database, queues and a cluster of its own.

A Muster has one cell so far, so four cells are four of them, on one Postgres.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import requests
from psycopg import sql

from bench.loop import world
from bench.loop.arguments import Arguments
from bench.loop.servers import Servers, logins, muster, start_postgres, start_valkey
from local.launch import environment, ports, postgres
from local.launch.problem import Problem
from local.launch.process import Command
from local.launch.waiting import listens

HISTORY_S = 330
"""So far back a decision looks: the usual window down, and a little."""


@dataclass(frozen=True)
class Cell:
    """A cell that runs: its number from 1, its services, its database and its stand-in."""

    number: int
    services: int
    server: postgres.Postgres
    address: str

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with self.server.connect(_database(self.number)) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def begin(self) -> None:
        """From now on the loads change."""
        requests.post(f"{self.address}/bench/begin", timeout=30).raise_for_status()

    def report(self) -> dict[str, Any]:
        """What the stand-in knows: breaches, and what it was asked."""
        found: dict[str, Any] = requests.get(f"{self.address}/bench", timeout=30).json()
        if unknown := [name for name in found["asked"] if name.startswith("unknown")]:
            raise Problem(f"The stand-in was asked what it does not know: {', '.join(unknown)}")
        return found


def start(servers: Servers, services: int, arguments: Arguments) -> list[Cell]:
    """The cells, with all their processes started."""
    server = start_postgres(servers)
    base = _environment(servers, arguments)
    template = {**base, **_database_env(server, postgres.DATABASE), "REDIS_URL": "redis://-/0"}
    template |= _cluster("http://127.0.0.1:1")
    servers.once(servers.python("migrate", template, "manage.py", "migrate", "--no-input"))
    planned, commands = [], []
    for number, size in enumerate(world.cells(services), 1):
        cell, env, command = _prepared(servers, server, number, size, base)
        planned.append((cell, env))
        commands.append(command)
    servers.once(*commands)
    for cell, env in planned:
        _play(servers, cell, env, arguments)
    for cell, env in planned:
        muster(servers, cell.number, env)
    return [cell for cell, _ in planned]


def decided(cell: Cell) -> int:
    """How many samples were decided about in every shard that has some."""
    [[number]] = cell.rows(
        "SELECT coalesce(min(n), 0) FROM (SELECT count(decided_at) AS n"
        " FROM platform_admin_tick GROUP BY shard_id) AS by_shard"
    )
    return int(number)


def remember(cell: Cell, interval_s: int) -> None:
    """The ticks of the last minutes, as copies of the first one that was decided about."""
    cell.rows(
        "INSERT INTO platform_admin_tick"
        " (shard_id, at, services, samples, decided_at, counts, memory, told)"
        " SELECT shard_id, at - make_interval(secs => n * %s), services, samples,"
        " decided_at - make_interval(secs => n * %s), counts, memory, told"
        " FROM (SELECT DISTINCT ON (shard_id) * FROM platform_admin_tick"
        " WHERE decided_at IS NOT NULL ORDER BY shard_id, at) AS first,"
        " generate_series(1, %s) AS n",
        interval_s,
        interval_s,
        HISTORY_S // interval_s,
    )


def _prepared(
    servers: Servers, server: postgres.Postgres, number: int, size: int, base: Mapping[str, str]
) -> tuple[Cell, dict[str, str], Command]:
    """A cell whose servers run, its environment, and the command that fills its tables."""
    units = world.units(size)
    own, queues = (start_valkey(servers, role, number) for role in ("valkey", "queues"))
    logins(queues, units)
    with server.connect("template1") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                *map(sql.Identifier, (_database(number), postgres.DATABASE, postgres.OWNER_ROLE))
            )
        )
    address = f"http://127.0.0.1:{ports.any_free()}"
    env = {
        **base,
        **_database_env(server, _database(number)),
        **_cluster(address),
        "REDIS_URL": own.url,
        "QUEUES_URL": queues.url,
        "QUEUES_PASSWORD": queues.password,
        "QUEUES_PORT": str(queues.port),
    }
    folder = _answers(servers, number)
    folder.mkdir()
    arguments = ("--services", str(size), "--folder", str(folder))
    command = servers.python(f"fill-{number}", env, "-m", "bench.loop.fill", *arguments)
    return Cell(number, size, server, address), env, command


def _play(servers: Servers, cell: Cell, env: Mapping[str, str], arguments: Arguments) -> None:
    port = cell.address.rpartition(":")[2]
    command = servers.python(
        f"standin-{cell.number}", env, "-m", "bench.loop.standin", "--services",
        str(cell.services), "--port", port, "--queues-port", env["QUEUES_PORT"], "--folder",
        str(_answers(servers, cell.number)), "--interval", str(arguments.interval_s), "--seed",
        str(cell.number),
    )  # fmt: skip
    servers.spawn("standin", cell.number, command)
    servers.wait(lambda: listens(int(port)), "the stand-in", 60)
    cell.rows("ANALYZE")


def _answers(servers: Servers, number: int) -> Path:
    return servers.folder / f"answers-{number}"


def _database(number: int) -> str:
    return f"muster_{number}"


def _database_env(server: postgres.Postgres, name: str) -> dict[str, str]:
    urls = {"DATABASE_URL": server.url, "DATABASE_OWNER_URL": server.owner_url}
    return {key: f"{url.rpartition('/')[0]}/{name}" for key, url in urls.items()}


def _cluster(address: str) -> dict[str, str]:
    return {"NOMAD_ADDR": address, "CONSUL_HTTP_ADDR": address}


def _environment(servers: Servers, arguments: Arguments) -> dict[str, str]:
    return {
        **environment.bare(os.environ),
        "MUSTER_SECRET_KEY": servers.secrets["django"],
        "MUSTER_ENCRYPTION_KEYS": servers.secrets["encryption"],
        "MUSTER_URL": "http://127.0.0.1:8000",
        "MUSTER_STATE": str(servers.folder),
        "MUSTER_DRIVERS": "raw_exec",
        "MUSTER_RESOURCE_PORTS": "15000-19999",
        "MUSTER_SCALING_INTERVAL_S": str(arguments.interval_s),
        "PYTHONUNBUFFERED": "1",
    }
