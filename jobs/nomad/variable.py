"""A Nomad Variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Variable:
    """The items, which are secret and never printed, and the index for a compare-and-set."""

    items: Mapping[str, str] = field(repr=False)
    modify_index: int


def read_variable(body: Mapping[str, Any]) -> Variable:
    """Return the variable of `GET /v1/var/:path`."""
    return Variable(body.get("Items") or {}, body["ModifyIndex"])
