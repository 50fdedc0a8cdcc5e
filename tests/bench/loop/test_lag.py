"""From a breach to the request."""

from __future__ import annotations

import pytest

from bench.loop.lag import Lags, Load, breach, lags


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        pytest.param(Load(10, 0), Load(10, 5), 101.0, id="half late: a tenth of the interval"),
        pytest.param(Load(10, 0), Load(10, 10), 100.5, id="all late"),
        pytest.param(Load(10, 0), Load(10, 0.4), None, id="below the share for ever"),
        pytest.param(Load(10, 0), Load(10, 0.5), None, id="just the share is none"),
        pytest.param(Load(10, 1), Load(10, 5), 100.0, id="late before"),
        pytest.param(Load(0, 0), Load(10, 5), 100.0, id="nothing before: the first is late"),
        pytest.param(Load(30, 0), Load(10, 5), 102.5, id="many before hide them for longer"),
    ],
)
def test_a_breach_is_when_a_twentieth_of_the_last_interval_is_late(
    before: Load, after: Load, at: float | None
) -> None:
    assert breach(100.0, before, after, 10.0) == (None if at is None else pytest.approx(at))


def test_the_lag_of_a_breach_without_a_request_goes_on() -> None:
    found = lags([(0.0, 4.0), (1.0, 7.0), (2.0, None)], end=30.0)

    assert found == Lags(median_s=6.0, max_s=28.0, number=3, waiting=1)


def test_without_a_breach_there_is_no_lag() -> None:
    assert lags([], end=30.0) is None
