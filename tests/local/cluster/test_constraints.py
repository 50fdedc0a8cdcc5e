from __future__ import annotations

import pytest

from local.cluster.nomad import constraints
from local.cluster.nomad.state import Node

NODE = Node("5d3a9d4e-0000-4000-8000-000000000000", "local", 4000, 1000, 2, (20000, 20009))


# What a real Nomad 2.0.5 said of the same.
@pytest.mark.parametrize(
    ("left", "operand", "right", "met"),
    [
        ("${attr.kernel.name}", "=", "linux", True),
        ("${attr.kernel.name}", "=", "plan9", False),
        ("${meta.rack}", "is_set", "", False),
        ("${meta.rack}", "is_not_set", "", True),
        ("${meta.rack}", "!=", "a", True),
        ("${meta.rack}", "=", "a", False),
        ("${attr.cpu.arch}", "regexp", "^x$", False),
        ("${node.unique.name}", "regexp", "^lo", True),
        ("${attr.nomad.version}", "version", ">= 99", False),
        ("${attr.nomad.version}", "version", ">= 1.0, < 9", True),
        ("${attr.nomad.version}", "version", "~> 2.0", True),
        ("${attr.nomad.version}", "version", "~> 1.9", False),
        ("${attr.cpu.numcores}", ">", "1", True),
        ("${attr.cpu.numcores}", "<", "100", True),
        ("${attr.cpu.numcores}", ">=", "10", False),
        ("${attr.os.signals}", "set_contains", "SIGTERM,SIGINT", True),
        ("${attr.os.signals}", "set_contains", "SIGFOO", False),
    ],
)
def test_a_constraint_is_met_as_on_nomad(left: str, operand: str, right: str, met: bool) -> None:
    constraint = {"LTarget": left, "Operand": operand, "RTarget": right}
    assert constraints.met(constraint, constraints.attributes(NODE)) is met


@pytest.mark.parametrize(
    ("operand", "right", "said"),
    [
        ("=", "", 'Operator "=" requires an RTarget'),
        ("bogus", "x", 'Unknown constraint type "bogus"'),
        ("version", "x", "Version constraint is invalid: malformed constraint: x"),
        ("regexp", "(", "Regular expression failed to compile"),
    ],
)
def test_a_constraint_that_can_not_be_read_is_refused(operand: str, right: str, said: str) -> None:
    one = {"LTarget": "${attr.cpu.arch}", "Operand": operand, "RTarget": right}
    (found,) = constraints.errors({"Constraints": [one]})
    assert found.startswith("Constraint 1 validation failed")
    assert said in found
