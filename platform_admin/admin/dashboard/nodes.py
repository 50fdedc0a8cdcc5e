"""The nodes of the cluster with what they have given away: the one part that asks Nomad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jobs import servers
from jobs.errors import ClusterError
from jobs.nomad import Nomad
from jobs.nomad.allocated import Allocated
from jobs.nomad.node import Node
from platform_admin.pages.condition import Condition, well
from platform_admin.pages.quota import Bar

READ_S = 3.0
"""An operator waits no longer than this for each answer."""
AWAY = "Nomad does not answer. Apps go on running; deployments wait."


@dataclass(frozen=True)
class Line:
    """A node, how it is, what runs there, and its CPU and memory as bars."""

    name: str
    how: Condition
    instances: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Nodes:
    """All nodes, the fullest first; or why they are not known."""

    lines: Sequence[Line] = ()
    problem: str = ""


def fragment(request: HttpRequest) -> HttpResponse:
    """The nodes as a piece of the first page."""
    response = render(request, "admin/dashboard/_nodes.html", {"nodes": nodes()})
    response["Cache-Control"] = "no-store"
    return response


def nodes() -> Nodes:
    """What Nomad says of its nodes; a Nomad that hangs is left alone after two seconds."""
    client = servers.nomad()
    if not client.healthy():
        return Nodes(problem=AWAY)
    try:
        return Nodes(_lines(client))
    except ClusterError as error:
        return Nodes(problem=f"Nomad does not say which nodes there are: {error}.")


def _lines(client: Nomad) -> list[Line]:
    taken = client.allocated(read_s=READ_S)
    found = [line(node, taken.get(node.id, Allocated())) for node in client.nodes(read_s=READ_S)]
    return sorted(found, key=lambda one: (-max(bar.fullness for bar in one.bars), one.name))


def line(node: Node, taken: Allocated) -> Line:
    """The node with what of it is taken."""
    return Line(
        node.name,
        _how(node),
        taken.instances,
        (
            _bar("CPU", "MHz", taken.cpu_mhz, node.cpu_mhz),
            _bar("Memory", "MB", taken.memory_mb, node.memory_mb),
        ),
    )


def _how(node: Node) -> Condition:
    if node.status != "ready":
        said = "Nothing is placed on it, and what ran there is started elsewhere."
        return Condition(node.name, "failed", node.status, said)
    if not node.eligible:
        return Condition(node.name, "degraded", "ineligible", "It takes no new instances.")
    if not node.drivers:
        return Condition(node.name, "degraded", "no driver", "No driver is healthy on it.")
    return well(node.name, f"It runs {', '.join(node.drivers)}.")


def _bar(label: str, unit: str, taken: int, whole: int) -> Bar:
    return Bar(label, unit, taken, taken, whole, f"{unit} of {label}")
