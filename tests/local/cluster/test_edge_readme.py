"""The README names exactly what is answered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from local.cluster.consul_api import Agent
from local.cluster.edge import server as edge
from local.cluster.edge.proxy import Shared
from local.cluster.web import Route

from .processes import ROOT


def named(part: str) -> list[tuple[str, str]]:
    """The rows of a part's first table: method and path."""
    text = (ROOT / "local/cluster/README.md").read_text()
    section = text.split(f"\n## {part}\n")[1].split("\n## ")[0].split("\nWhere it differs")[0]
    rows = re.findall(r"^\| ([A-Z, ]+) \| `([^`]+)` \|", section, re.MULTILINE)
    return sorted((method, path) for methods, path in rows for method in methods.split(", "))


def answered(routes: Sequence[Route]) -> list[tuple[str, str]]:
    return sorted((route.method, route.path) for route in routes)


@pytest.mark.parametrize("part", ["consul_api", "edge"])
def test_the_table_is_what_is_answered(part: str, tmp_path: Path) -> None:
    agent, api = Agent(tmp_path / "consul.json", "token"), edge.routes(Shared())
    found = {"consul_api": agent.routes(), "edge": api}
    assert named(part) == answered(found[part])
