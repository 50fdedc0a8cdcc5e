from __future__ import annotations

from pathlib import Path
from signal import SIGCONT

import pytest

from local.launch import environment, processes
from local.launch.keys import MAKERS
from local.launch.ports import NAMES, derive

SECRETS = {name: f"the {name} secret" for name in MAKERS}
ROWS = [
    row
    for group in (
        *processes.cluster(derive(8000), Path("/s/cluster")),
        processes.platform(derive(8000), "127.0.0.1"),
    )
    for row in group
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_no_secret_stands_in_the_arguments(row: processes.Row) -> None:
    env = environment.cluster({}, SECRETS)
    made = processes.command(row, env=env, checkout=Path("/c"), logs=Path("/s/logs"))

    assert not any("secret" in argument for argument in made.argv)
    assert made.log == Path(f"/s/logs/{row.name}.log")


def test_the_nomad_api_ends_before_the_keeper_and_that_before_consul() -> None:
    groups = processes.cluster(derive(8000), Path("/s/cluster"))

    assert [[row.name for row in group] for group in groups] == [
        ["consul_api", "edge"],
        ["keeper"],
        ["nomad_api"],
    ]


def test_the_keeper_hears_of_our_end_by_its_pipe_and_is_woken_for_it() -> None:
    [keeper] = [row for row in ROWS if row.name == "keeper"]

    assert keeper.pipe
    assert keeper.on_orphan is SIGCONT


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_each_part_says_what_it_is_for(row: processes.Row) -> None:
    made = processes.command(row, env={}, checkout=Path("/c"), logs=Path("/s/logs"))

    assert made.purpose == row.purpose != ""
    assert (made.asks is None) == row.name.startswith(("worker-", "cron", "observe"))


def test_each_part_of_the_cluster_is_waited_for_on_its_ports() -> None:
    groups = processes.cluster(derive(8000), Path("/s/cluster"))

    assert {row.name for group in groups for row in group} == set(processes.PORTS_OF)
    assert {port for names in processes.PORTS_OF.values() for port in names} < set(NAMES)
