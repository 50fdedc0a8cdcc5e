"""The examples by their names: how each is made, and where it can not be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from platform_admin.demo import shop, warehouse
from platform_admin.models import Environment


@dataclass(frozen=True)
class Example:
    """`make` makes it where it is missing; `refused` says why this cluster can not run it."""

    make: Callable[[], Environment]
    refused: Callable[[], str]


EXAMPLES: Mapping[str, Example] = {
    "shop": Example(shop.shop, shop.refused),
    "warehouse": Example(warehouse.warehouse, warehouse.refused),
}
