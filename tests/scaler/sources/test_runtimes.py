from __future__ import annotations

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from scaler.sources.runtimes import Run, Runs, Worked, following, mean_s, packed, unpacked

NAN = float("nan")


@pytest.mark.parametrize(
    ("before", "now", "last_s", "found_s"),
    [
        ({}, {}, NAN, NAN),
        ({}, {"a": Worked(0, 0.0)}, NAN, NAN),
        ({}, {"a": Worked(4, 2.0)}, NAN, 0.5),
        ({"a": Worked(4, 2.0)}, {"a": Worked(4, 2.0)}, 0.5, 0.5),
        ({"a": Worked(4, 2.0)}, {"a": Worked(7, 5.0)}, 0.5, 0.75),
        ({"a": Worked(4, 2.0)}, {"a": Worked(3, 3.0)}, 0.5, 0.75),
        ({"a": Worked(4, 2.0)}, {}, 0.5, 0.5),
    ],
)
def test_the_mean_run_time_follows_what_ended(
    before: dict[str, Worked], now: dict[str, Worked], last_s: float, found_s: float
) -> None:
    assert mean_s(before, now, last_s) == pytest.approx(found_s, nan_ok=True)


@pytest.mark.parametrize(
    ("before", "told_s", "found_s"),
    [
        (None, NAN, 0.5),
        (None, 3.0, 3.0),
        (Run(2.0, {"a": Worked(3, 0.5)}), 3.0, 1.875),
        (Run(NAN, {"a": Worked(3, 0.5)}), 3.0, 1.5),
    ],
)
def test_a_mean_that_is_told_holds_where_no_reading_is_kept(
    before: Run | None, told_s: float, found_s: float
) -> None:
    workers = {"a": Worked(4, 2.0)}
    found = following(before, workers, told_s)

    assert found.mean_s == pytest.approx(found_s)
    assert found.workers == workers


def test_what_is_packed_comes_back() -> None:
    runs = {"shop-web orders": Run(0.5, {"rq:worker:a": Worked(4, 2.0)}), "b q": Run(1.0, {})}
    assert unpacked(packed(runs).encode()) == runs


def test_without_valkey_nothing_is_kept() -> None:
    runs = Runs(lambda: Redis(port=1, retry=Retry(NoBackoff(), 0)))
    runs.put(1, {"a": Run(0.5, {})})
    assert runs.last(1) is None
