from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.deploy.gap import gap

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: float | None) -> datetime | None:
    return None if second is None else BEGAN + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ([(-100, 5), (8, None)], (5, 3)),
        ([(8, None), (-100, 5)], (5, 3)),
        ([(-100, 5), (8, 20), (24, None)], (5, 7)),
        ([(-100, -50), (-40, None)], None),
        ([(-100, 5)], None),
        ([(3, None)], None),
        ([], None),
    ],
)
def test_the_gap_is_from_the_end_of_one_to_the_start_of_the_next(
    runs: list[tuple[float, float | None]], found: tuple[float, float] | None
) -> None:
    seen = [(BEGAN + timedelta(seconds=started), at(ended)) for started, ended in runs]
    expected = found and (at(found[0]), timedelta(seconds=found[1]))
    assert gap(seen, BEGAN) == expected
