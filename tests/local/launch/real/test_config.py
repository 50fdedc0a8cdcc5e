from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.launch.environment import bare
from local.launch.ports import derive
from local.launch.problem import Problem
from local.launch.real import consul, nomad, programs, traefik

PORTS = derive(8000)


def test_all_agents_listen_on_loopback_alone() -> None:
    made = (
        consul.config(PORTS, Path("/d"), "token", (1, 8)),
        nomad.config(PORTS, Path("/d"), "token"),
    )

    assert [config["bind_addr"] for config in made] == ["127.0.0.1", "127.0.0.1"]
    entry_points = traefik.config(PORTS, "token")["entryPoints"]
    assert {point["address"].partition(":")[0] for point in entry_points.values()} == {"127.0.0.1"}


def test_every_port_comes_from_the_block() -> None:
    text = json.dumps(
        [
            consul.config(PORTS, Path("/d"), "token", (1, 21))["ports"],
            nomad.config(PORTS, Path("/d"), "token")["ports"],
        ]
    )
    numbers = [int(word.strip("}],")) for word in text.split() if word.strip("}],").isdigit()]

    assert len(numbers) == 6
    assert set(numbers) < set(range(8000, 8020))


def test_only_the_direct_entry_point_takes_default_routers() -> None:
    entry_points = traefik.config(PORTS, "token")["entryPoints"]

    assert [name for name, point in entry_points.items() if point.get("asDefault")] == ["direct"]


def test_templates_try_for_ever() -> None:
    client = nomad.config(PORTS, Path("/d"), "token")["client"]

    assert client["template"]["nomad_retry"] == {"attempts": 0}
    assert (client["min_dynamic_port"], client["max_dynamic_port"]) == (
        PORTS.tasks.start,
        PORTS.tasks.stop - 1,
    )


def test_a_full_disk_throws_nothing_away_that_has_ended() -> None:
    client = nomad.config(PORTS, Path("/d"), "token")["client"]

    assert {client[f"gc_{what}_usage_threshold"] for what in ("disk", "inode")} == {100}


@pytest.mark.parametrize(("version", "name"), [((1, 8), "master"), ((1, 11), "initial_management")])
def test_consuls_first_token_has_the_name_of_its_version(
    version: tuple[int, int], name: str
) -> None:
    tokens = consul.config(PORTS, Path("/d"), "given", version)["acl"]["tokens"]

    assert tokens[name] == "given"


def test_missing_programs_are_named_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "consul").touch(0o755)

    with pytest.raises(Problem, match="missing: nomad, traefik"):
        programs.find({"PATH": str(tmp_path)})


@pytest.mark.parametrize(
    ("said", "version"),
    [("Consul v1.8.7", (1, 8)), ("Nomad v2.0.5\nBuildDate", (2, 0)), ("dev", (0, 0))],
)
def test_a_programs_version_is_read(tmp_path: Path, said: str, version: tuple[int, int]) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)

    assert programs.version(str(program), bare({})) == version
