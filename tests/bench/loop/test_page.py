"""The page that the stand-in's edge shows, as the platform reads it."""

from __future__ import annotations

import numpy as np
import pytest

from bench.loop.standin.load import BUCKETS, HOLDS, TARGET_MS, fallen, fronts, risen
from bench.loop.standin.page import METHODS, Page
from scaler.sources.counters import change, parse
from scaler.sources.histogram import quantile

NAMES = ["shop-production-web-blue@consulcatalog", "shop-production-api-blue@consulcatalog"]


def test_the_platform_reads_back_what_was_counted() -> None:
    counted = np.arange(1.0, 2 * len(BUCKETS) + 1).reshape(2, -1) * 100
    read = parse(Page(NAMES, 5.0).filled(counted, np.array([12.345, 99999.9])), at=1.0)

    keys = [(name.encode(), b"200", method.encode()) for name in NAMES for method in METHODS]
    assert list(read.places) == keys
    assert read.started == 5.0
    assert set(read.open) == {"web", "private"}
    assert read.values[0, :-1] == pytest.approx(0.75 * counted[0], abs=1)
    assert read.values[3, :-1] == pytest.approx(0.25 * counted[1], abs=1)
    assert read.values[:, -1] == pytest.approx([9.258, 3.086, 74999.925, 24999.975], abs=2e-3)


def test_a_page_keeps_its_length() -> None:
    page = Page(NAMES, 5.0)
    pages = [page.filled(np.full((2, len(BUCKETS)), n), np.full(2, n / 7)) for n in (0, 1e6)]

    assert len(pages[0]) == len(pages[1])
    assert pages[0] != pages[1]


@pytest.mark.parametrize(("load", "late"), [(risen(2), True), (fallen(2), False), (1.7, False)])
def test_a_load_above_what_is_healthy_is_late_by_the_platforms_own_measure(
    load: float, late: bool
) -> None:
    page, some = Page(NAMES, 0.0), fronts([2, 2], now=0.0)
    some.change(0, 5.0, load=load)
    before, after = (parse(page.filled(*some.at(t)), at=t) for t in (5.0, 15.0))
    found = change(before, after)
    assert found is not None
    buckets = found.values[: len(METHODS), :-1].sum(axis=0, keepdims=True)

    assert buckets[0, -1] / 10 == pytest.approx(HOLDS * min(load, 2), rel=0.02)
    p95_s = quantile(0.95, after.bounds, buckets)[0]
    assert (p95_s > TARGET_MS / 1000) == late


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_one_instance_more_holds_what_rose(count: int) -> None:
    assert count < risen(count) <= count + 1
    assert fallen(count) < count
