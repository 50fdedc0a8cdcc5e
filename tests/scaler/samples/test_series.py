from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scaler.samples.series import SERIES, aligned, column, empty

ids = st.lists(st.integers(1, 40), unique=True, max_size=20).map(sorted)


@given(ids, ids)
def test_a_service_keeps_its_column_whoever_stands_beside_it(
    known: list[int], wanted: list[int]
) -> None:
    services = np.array(known, dtype=np.int64)
    table = services[np.newaxis, :].astype(np.float64)
    found = aligned(table, services, np.array(wanted, dtype=np.int64), -1.0)[0]

    assert found.tolist() == [each if each in known else -1 for each in wanted]


def test_a_row_that_is_older_than_a_series_does_not_know_it() -> None:
    table = empty(2)[:-1]
    assert np.isnan(column(table, SERIES[-1])).all()
    assert len(column(table, SERIES[-1])) == 2
