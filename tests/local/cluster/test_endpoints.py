"""The README names each endpoint of the keeper and of the stand-in for Nomad, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local.cluster import keeper, nomad_api
from local.cluster.nomad.cluster import Cluster
from local.cluster.nomad.state import Node
from local.cluster.web import Changes, Route

README = Path(keeper.__file__).with_name("README.md")
NODE = Node("5d3a9d4e-0000-4000-8000-000000000000", "local", 1000, 1000, 1, (20000, 20099))


def documented() -> dict[str, set[tuple[str, str]]]:
    """(method, path) by the part whose heading stands above them."""
    found: dict[str, set[tuple[str, str]]] = {}
    for section in README.read_text().split("\n## ")[1:]:
        part = section.partition("\n")[0]
        rows = re.findall(r"^\| ([A-Z, ]+) \| `([^`]+)`", section, re.MULTILINE)
        pairs = {(method, path) for methods, path in rows for method in methods.split(", ")}
        if pairs:
            found[part] = pairs
    return found


def keeper_routes(folder: Path) -> list[Route]:
    return keeper.routes(keeper.Keeper(folder, {}), {})


def nomad_routes(folder: Path) -> list[Route]:
    return nomad_api.routes(nomad_api.Nomad(Cluster(folder, NODE, Changes()), folder, "30s"))


TABLES = {"keeper": keeper_routes, "nomad_api": nomad_routes}


@pytest.mark.parametrize("part", TABLES)
def test_the_readme_names_each_endpoint_and_no_other(part: str, tmp_path: Path) -> None:
    routes = {(route.method, route.path) for route in TABLES[part](tmp_path)}
    assert documented()[part] == routes


def test_each_part_has_its_table() -> None:
    assert set(documented()) == {*TABLES, "consul_api", "edge"}
