from __future__ import annotations

import pytest

from platform_admin.demo.run.marks import booked
from platform_admin.demo.run.report import Jobs


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"a": 1, "b": 1, "c": 1}, Jobs(3, done=3)),
        ({"a": 1, "b": 1}, Jobs(3, done=2, lost=1)),
        ({}, Jobs(3, lost=3)),
        ({"a": 2, "b": 1, "c": 3}, Jobs(3, done=3, doubled=2)),
        ({"a": 2, "b": 1}, Jobs(3, done=2, doubled=1, lost=1)),
        ({"a": 1, "b": 1, "c": 1, "another load's": 2}, Jobs(3, done=3)),
    ],
)
def test_what_became_of_three_orders(marks: dict[str, int], expected: Jobs) -> None:
    assert booked(["a", "b", "c"], marks) == expected
