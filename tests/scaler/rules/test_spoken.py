from __future__ import annotations

import numpy as np

from scaler.rules.spoken import Spoken, placed, together


def said(count: float, **numbers: float) -> Spoken:
    columns = {name: np.array([number]) for name, number in numbers.items()}
    return Spoken(np.array([count]), np.array([True]), columns)


def test_the_numbers_of_one_stand_beside_those_of_the_other() -> None:
    first = placed(said(3, holds=40.0, more=1.0), np.array([0]), 2)
    second = placed(said(5, holds=60.0), np.array([1]), 2)
    both = together(first, second)
    assert both.count.tolist() == [3, 5]
    assert both.numbers["holds"].tolist() == [40, 60]
    assert np.array_equal(both.numbers["more"], [1, np.nan], equal_nan=True)
