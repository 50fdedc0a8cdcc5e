"""Which services a cell has."""

from __future__ import annotations

import pytest

from bench.loop.world import cells, redis_slugs, units
from platform_admin.models import Slug

LONGEST = Slug._meta.get_field("slug").max_length or 0


@pytest.mark.parametrize(
    ("services", "each"),
    [(100, (100,)), (3000, (3000,)), (3001, (1501, 1500)), (10_000, (2500, 2500, 2500, 2500))],
)
def test_ten_thousand_services_are_four_cells(services: int, each: tuple[int, ...]) -> None:
    assert cells(services) == each


def test_seven_of_ten_are_behind_the_edge() -> None:
    assert sum(unit.has_port for unit in units(1000)) == 700


def test_names_are_unique_and_fit() -> None:
    some = units(2500)
    slugs = [unit.slug for unit in some] + list(redis_slugs(some).values())

    assert len(set(slugs)) == len(slugs)
    assert max(map(len, slugs)) <= LONGEST
