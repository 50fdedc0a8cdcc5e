"""On which nodes the instances of a service may run, and how they are spread over them."""

from __future__ import annotations

from typing import Any

from jobs.document import ConstraintDoc, ServiceDoc

Json = dict[str, Any]


def placement(service: ServiceDoc) -> Json:
    """The job's fields Constraints and Spreads; empty where the service asks for neither.

    On the job, not on its group: there Nomad adds constraints of its own.
    """
    found: Json = {}
    if service.constraints:
        found["Constraints"] = [_constraint(one) for one in service.constraints]
    if service.spread:
        found["Spreads"] = [{"Attribute": _target(service.spread), "Weight": 100}]
    return found


def _constraint(one: ConstraintDoc) -> Json:
    return {"LTarget": _target(one.attribute), "Operand": one.operator, "RTarget": one.value}


def _target(attribute: str) -> str:
    """The attribute as Nomad's interpolation names it."""
    return attribute if attribute.startswith("${") else f"${{{attribute}}}"
