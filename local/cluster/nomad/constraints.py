"""Which of a job's constraints the one node does not meet, as Nomad's scheduler says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest

from local.cluster.nomad.spec import Spec
from local.cluster.nomad.state import Node
from local.cluster.nomad.views import VERSION

SIGNALS = "SIGHUP,SIGINT,SIGQUIT,SIGTERM,SIGKILL,SIGUSR1,SIGUSR2"
_PART = re.compile(r"\s*(=|!=|>=|<=|>|<|~>)?\s*v?([\d.]+)\S*\s*")


def attributes(node: Node) -> dict[str, str]:
    """What is known of the node, by the name that stands in a constraint."""
    return {
        "node.unique.id": node.id, "node.unique.name": node.name, "node.datacenter": "dc1",
        "node.region": "global", "node.pool": "default", "node.class": "",
        "attr.kernel.name": node.kernel, "attr.cpu.arch": node.arch,
        "attr.cpu.numcores": str(node.cores), "attr.cpu.totalcompute": str(node.cpu_mhz),
        "attr.memory.totalbytes": str(node.memory_mb * 2**20), "attr.os.signals": SIGNALS,
        "attr.driver.raw_exec": "1", "attr.nomad.version": VERSION,
        "attr.consul.version": "1.8.7", "attr.consul.datacenter": "dc1",
        "attr.unique.hostname": node.name,
    }  # fmt: skip


def refused(job: Spec, group: Spec, node: Node) -> str:
    """The first constraint that the node does not meet, "" where it meets all."""
    known = attributes(node)
    every = [job, group, *group["Tasks"]]
    for constraint in (one for owner in every for one in owner["Constraints"] or []):
        if not met(constraint, known):
            return " ".join(constraint.get(k) or "" for k in ("LTarget", "Operand", "RTarget"))
    return ""


def met(constraint: Spec, known: dict[str, str]) -> bool:
    """Whether the node's attributes meet the constraint; what is not known only `!=` takes."""
    left, right = (_resolved(constraint.get(k) or "", known) for k in ("LTarget", "RTarget"))
    operand = constraint.get("Operand") or "="
    if operand in ("is_set", "is_not_set"):
        return (left is not None) == (operand == "is_set")
    if operand in ("!=", "not"):
        return left != right
    if left is None or right is None:
        return False
    return bool(OPERANDS[operand](left, right))


def errors(job: Spec) -> Iterator[str]:
    """What Nomad refuses in a job's constraints, in its words."""
    for number, one in enumerate(job["Constraints"] or [], start=1):
        if wrong := _error(one):
            yield f"Constraint {number} validation failed: 1 error occurred:\n\t* {wrong}\n\n"


def _error(one: Spec) -> str:
    operand, right = one.get("Operand") or "=", one.get("RTarget") or ""
    if operand in ("is_set", "is_not_set"):
        return f'Operator "{operand}" does not support an RTarget' if right else ""
    if operand not in {*OPERANDS, "!=", "not"}:
        return f'Unknown constraint type "{operand}"'
    if not right:
        return f'Operator "{operand}" requires an RTarget'
    if operand == "regexp":
        try:
            re.compile(right)
        except re.error as error:
            return f"Regular expression failed to compile: error parsing regexp: {error}"
    if operand in ("version", "semver") and not all(map(_PART.fullmatch, right.split(","))):
        return f"Version constraint is invalid: malformed constraint: {right}"
    return ""


def _resolved(target: str, known: dict[str, str]) -> str | None:
    found = re.fullmatch(r"\$\{(.+)\}", target)
    return known.get(found[1]) if found else target


def _ordered(holds: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """By number where both are numbers, else as texts."""

    def compared(left: str, right: str) -> bool:
        try:
            return holds(float(left), float(right))
        except ValueError:
            order = (left > right) - (left < right)
            return holds(order, 0)

    return compared


def _version(left: str, right: str) -> bool:
    have = _numbers(left)
    parts = [_PART.fullmatch(part) for part in right.split(",")]
    return all(part and _fits(have, part[1] or "=", _numbers(part[2])) for part in parts)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)[:3]]


def _fits(have: list[int], operator: str, asked: list[int]) -> bool:
    pairs = list(zip_longest(have, asked, fillvalue=0))
    order = next((a - b for a, b in pairs if a != b), 0)
    if operator == "~>":
        return order >= 0 and have[: len(asked) - 1] == asked[:-1]
    return _HOLDS[operator](order, 0)


_HOLDS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
}  # fmt: skip
OPERANDS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left == right,
    **{operand: _ordered(_HOLDS[operand]) for operand in (">", ">=", "<", "<=")},
    "regexp": lambda left, right: bool(re.search(right, left)),
    "version": _version,
    "semver": _version,
    "set_contains": lambda left, right: set(right.split(",")) <= set(left.split(",")),
}
