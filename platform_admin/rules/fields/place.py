"""On which nodes instances run, and how often they are started again there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jobs.document.types import OPERATORS
from platform_admin.rules import re2
from platform_admin.rules.fields.errors import Found, between, either
from platform_admin.rules.fields.service import ServiceFields
from platform_admin.rules.version_range import is_version_range

MOST_CONSTRAINTS = 10
TEXT_LENGTH = 100
MOST_RESTARTS = 100
SHORTEST_INTERVAL_S = 5
LONGEST_INTERVAL_S = 24 * 3600
PARTS = ("attempts", "interval_s", "delay_s")
WITHOUT_VALUE = ("is_set", "is_not_set")
# Of a node itself Nomad knows these alone.
_NAME = (
    r"(?:(?:attr|meta|device)\.[A-Za-z0-9_.-]+"
    r"|node\.(?:unique\.id|unique\.name|datacenter|class|pool))"
)
# As people write it, or as Nomad's own jobs do.
_ATTRIBUTE = re.compile(rf"{_NAME}|\$\{{{_NAME}\}}")


def place_errors(fields: ServiceFields) -> Found:
    """What is wrong with the constraints, the spread and the restart rule.

    A constraint's sentences stand at `constraints.<index>`, index from 0.
    """
    if len(fields.constraints) > MOST_CONSTRAINTS:
        many = len(fields.constraints)
        yield "constraints", f"{many} constraints are too many: use {MOST_CONSTRAINTS} or fewer."
    for index, constraint in enumerate(fields.constraints):
        yield f"constraints.{index}", next(_constraint(constraint), None)
    yield "spread", _attribute(fields.spread) if fields.spread else None
    if fields.restart is not None:
        yield "restart", next(_restart(fields.restart), None)


def _constraint(constraint: Mapping[str, str]) -> Iterator[str]:
    operator, value = constraint.get("operator", "="), constraint.get("value", "")
    if said := _attribute(constraint.get("attribute", "")):
        yield said
    if operator not in OPERATORS:
        yield f"{operator!r} compares nothing: choose {either(OPERATORS)}."
    elif operator in WITHOUT_VALUE and value:
        yield f"{operator} is compared with nothing, {value!r} was given: leave the value empty."
    elif operator not in WITHOUT_VALUE:
        yield from _value(operator, value)


def _attribute(attribute: str) -> str | None:
    if not attribute:
        return "The node's attribute is missing: write one, such as node.class or attr.cpu.arch."
    if len(attribute) > TEXT_LENGTH:
        return f"It has {len(attribute)} characters: shorten it to {TEXT_LENGTH} or fewer."
    if not _ATTRIBUTE.fullmatch(attribute):
        return (
            f"{attribute!r} is no attribute of a node: write one such as node.class, meta.rack or"
            " attr.cpu.arch."
        )
    return None


def _value(operator: str, value: str) -> Iterator[str]:
    if not value:
        yield f"A value is needed to compare by {operator}, such as arm64."
    elif len(value) > TEXT_LENGTH:
        yield f"The value has {len(value)} characters: shorten it to {TEXT_LENGTH} or fewer."
    elif "${" in value or not value.isprintable():
        yield f"{value!r} is no plain value: write it without ${{ and on one line."
    elif operator == "regexp" and (said := re2.syntax_error(value)):
        yield f"{value!r} is no regular expression of RE2, which Nomad uses ({said}): change that."
    elif operator == "version" and not is_version_range(value):
        yield f"{value!r} is no range of versions: write it as >= 1.2, < 2."


def _restart(restart: Mapping[str, int]) -> Iterator[str]:
    attempts, interval_s, delay_s = (
        restart[name] for name in ("attempts", "interval_s", "delay_s")
    )
    if said := between(attempts, 0, MOST_RESTARTS, " restarts"):
        yield said
    if said := between(interval_s, SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S, " s"):
        yield said
    if said := between(delay_s, 1, LONGEST_INTERVAL_S, " s"):
        yield said
    if attempts * delay_s > interval_s:
        yield (
            f"{attempts} restarts, {delay_s} s apart, do not fit into {interval_s} s: wait less, or"
            " count them in a longer time."
        )
