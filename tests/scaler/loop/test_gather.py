from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from scaler.loop import gather
from scaler.loop.gather import gathered
from scaler.samples.series import SERIES
from scaler.sources import Asked, Reading, Source

ASKED = Asked(1, 100.0, ("a", "b"), ("web", "web"), (None, None))


@pytest.fixture(autouse=True)
def _nothing_failed_yet() -> None:
    gather._failing.clear()


class Says:
    """A source that knows one column."""

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, asked: Asked) -> Reading:
        return Reading({self.name: np.array([1.0, 2.0])})


class Hangs:
    """A source that answers when it is let go."""

    def __init__(self) -> None:
        self.let_go, self.times = threading.Event(), 0

    def read(self, asked: Asked) -> Reading:
        self.times += 1
        self.let_go.wait(timeout=30)
        return Reading({"waiting": np.array([3.0, 4.0])})


class Breaks:
    """A source with a mistake in it, until that is taken away."""

    def __init__(self, mistake: Exception | None = None) -> None:
        self.mistake: Exception | None = mistake or ZeroDivisionError()

    def read(self, asked: Asked) -> Reading:
        if self.mistake:
            raise self.mistake
        return Reading({})


def test_a_source_that_hangs_is_left_alone_until_it_comes_back() -> None:
    hanging = Hangs()
    sources: dict[str, Source] = {"hanging": hanging, "edge": Says("rate")}
    began = time.monotonic()
    for _ in range(3):
        table, failures = gathered(sources, ASKED, patience_s=0.1)
        assert table[SERIES.index("rate")].tolist() == [1.0, 2.0]
        assert np.isnan(table[SERIES.index("waiting")]).all()
        assert failures == ("hanging does not answer in time",)
    assert time.monotonic() - began < 5
    assert hanging.times == 1

    hanging.let_go.set()
    for _ in range(50):
        table, failures = gathered(sources, ASKED, patience_s=5)
        if not failures:
            break
    assert table[SERIES.index("waiting")].tolist() == [3.0, 4.0]


def test_a_mistake_in_one_source_is_not_the_others() -> None:
    sources: dict[str, Source] = {"broken": Breaks(), "edge": Says("rate")}
    table, failures = gathered(sources, ASKED)

    assert table[SERIES.index("rate")].tolist() == [1.0, 2.0]
    assert failures == ("broken: failed (ZeroDivisionError)",)


def logged(caplog: pytest.LogCaptureFixture, *samples: tuple[Breaks, int]) -> list[str]:
    """The mistakes whose tracebacks are logged in these samples: of a source, in a cell."""
    caplog.clear()
    for source, cell in samples:
        gathered({"broken": source}, replace(ASKED, cell=cell))
    assert all(record.exc_info for record in caplog.records)
    return [record.getMessage() for record in caplog.records]


def test_a_mistake_is_logged_once_until_the_source_has_worked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = Breaks()
    said = "cell 1: source broken failed (ZeroDivisionError)"
    assert logged(caplog, *5 * [(source, 1)]) == [said]

    source.mistake = None
    assert logged(caplog, (source, 1)) == []
    source.mistake = ZeroDivisionError()
    assert logged(caplog, *5 * [(source, 1)]) == [said]


def test_another_mistake_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    samples = [(Breaks(), 1), (Breaks(KeyError()), 1), (Breaks(KeyError()), 1)]
    assert logged(caplog, *samples) == [
        "cell 1: source broken failed (ZeroDivisionError)",
        "cell 1: source broken failed (KeyError)",
    ]


def test_a_cell_in_which_a_source_works_does_not_repeat_the_mistake_in_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    works = Breaks()
    works.mistake = None
    samples = [(Breaks(), 1), (works, 2)] * 3
    assert logged(caplog, *samples) == ["cell 1: source broken failed (ZeroDivisionError)"]
