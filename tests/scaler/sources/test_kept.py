from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import django_rq
import numpy as np
import pytest
from redis import Redis

from scaler.sources.counters import Counters, parse
from scaler.sources.kept import Kept, Readings, packed, unpacked
from tests.scaler.sources.text import BLUE, GREEN, text

CELL = 7


@pytest.fixture
def connect() -> Iterator[object]:
    yield lambda: django_rq.get_connection("scale")
    django_rq.get_connection("scale").flushdb()


def reading(at: float, times: int = 3) -> Counters:
    return parse(text((BLUE, 200, 0.15, times), (GREEN, 404, 0.3, 1)), at)


def same(found: Readings, wanted: Readings) -> bool:
    return found.keys() == wanted.keys() and all(
        found[name].places == wanted[name].places
        and np.array_equal(found[name].values, wanted[name].values)
        and np.array_equal(found[name].bounds, wanted[name].bounds)
        and all(
            getattr(found[name], each) == getattr(wanted[name], each)
            for each in ("at", "started", "answered", "by_service", "mute", "too_many")
        )
        for name in wanted
    )


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"a": reading(5.0)},
        {"a": reading(5.0), "b": parse(b"", 6.0)},
        {"a": replace(reading(5.0), too_many={b"a--live@consul": 3.0, b"b--live@consul": 1.0})},
        {"a": replace(reading(5.0), answered=7.0, by_service=False, mute=True)},
    ],
)
def test_what_is_packed_comes_back(readings: Readings) -> None:
    assert same(unpacked(packed(readings)), readings)


def test_another_process_goes_on_from_the_last_reading(connect: object) -> None:
    one, other = Kept(connect), Kept(connect)  # type: ignore[arg-type]
    one.put(CELL, {"a": reading(5.0)})
    assert same(other.last(CELL), {"a": reading(5.0)})

    other.put(CELL, {"a": reading(15.0, times=9)})
    assert same(one.last(CELL), {"a": reading(15.0, times=9)})
    assert other.last(CELL + 1) == {}


def test_a_flushed_valkey_leaves_the_own_reading(connect: object) -> None:
    one, other = Kept(connect), Kept(connect)  # type: ignore[arg-type]
    one.put(CELL, {"a": reading(5.0)})
    django_rq.get_connection("scale").flushdb()

    assert same(one.last(CELL), {"a": reading(5.0)})
    assert other.last(CELL) == {}


@pytest.mark.full
def test_without_valkey_the_own_reading_serves() -> None:
    one = Kept(lambda: Redis(port=1))
    one.put(CELL, {"a": reading(5.0)})

    assert same(one.last(CELL), {"a": reading(5.0)})
