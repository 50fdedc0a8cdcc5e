from __future__ import annotations

import pytest

from jobs import fingerprint
from platform_admin.models import Cell


@pytest.fixture
def cells(db: None) -> list[Cell]:
    return [Cell.objects.create(name=name) for name in ("one", "two")]


def of_all() -> fingerprint.Fingerprint:
    return fingerprint.of_all(Cell.objects.values_list("name", "observed_at", "first_port"))


def test_rows_that_stand_still_have_the_same_fingerprint_whatever_their_order(
    cells: list[Cell],
) -> None:
    rows = Cell.objects.values_list("name", "first_port")
    assert of_all() == of_all()
    one, two = (fingerprint.of_all(rows.order_by(key)) for key in ("name", "-name"))
    assert one == two


def test_every_change_of_what_is_read_is_another_fingerprint(cells: list[Cell]) -> None:
    seen = [of_all()]
    for change in (
        lambda: Cell.objects.filter(name="one").update(first_port=1),
        lambda: Cell.objects.filter(name="one").update(name="three"),
        lambda: Cell.objects.create(name="four"),
        lambda: Cell.objects.filter(name="two").delete(),
        lambda: Cell.objects.all().delete(),
    ):
        change()
        seen.append(of_all())
    assert len(set(seen)) == len(seen)


def test_what_is_not_read_does_not_count(cells: list[Cell]) -> None:
    before = of_all()
    Cell.objects.update(observation_error="away")
    assert of_all() == before


def test_each_row_has_a_hash_of_its_own(cells: list[Cell]) -> None:
    rows = Cell.objects.values_list("name", "first_port")
    before = fingerprint.of_each(rows, "name")
    Cell.objects.filter(name="two").update(first_port=1)
    after = fingerprint.of_each(rows, "name")
    assert after.keys() == {"one", "two"}
    assert (after["one"] == before["one"], after["two"] == before["two"]) == (True, False)
