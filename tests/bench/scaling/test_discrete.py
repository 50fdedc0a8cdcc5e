"""A run request by request confirms the model: the late share of one-hour windows."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from bench.scaling.arguments import CHECKOUT
from bench.scaling.course import WebCourse
from bench.scaling.discrete import late_share
from bench.scaling.hindsight import run_settings
from bench.scaling.policies import POLICIES
from bench.scaling.task import prepared
from scaler.replay import web_kernel
from scaler.replay.erlang import erlang_c
from scaler.replay.run import Lane
from scaler.replay.seen import Floats, Ints
from scaler.replay.settings import WebSettings
from scaler.replay.web import constants

HOUR_S = 3600
POINTS = 0.005
TRACES = CHECKOUT / "../shared/traces"


def in_model(arrivals: Floats, rates: Floats, ready: Ints) -> float:
    """The late share by the model."""
    settings = WebSettings()
    table = erlang_c(settings.maximum, settings.slots)
    late, _ = web_kernel.follow(arrivals, rates, ready, table, constants(settings))
    return late / float(arrivals.sum())


def by_request(arrivals: Floats, ready: Ints, runs: int) -> tuple[float, float]:
    """The late share request by request: mean over runs, and that mean's standard error."""
    shares = [late_share(arrivals, ready, seed, 8, 0.1, 0.4, 10.0) for seed in range(runs)]
    return float(np.mean(shares)), float(np.std(shares) / np.sqrt(runs))


@pytest.mark.full
@pytest.mark.parametrize(
    ("rate", "ready", "late"),
    [(600.0, 10, 0.0), (72.0, 1, 0.03), (1000.0, 10, 0.99), (155.0, 2, 0.11)],
    ids=["ample", "one instance at 90 %", "overloaded", "two at 97 %"],
)
def test_a_steady_hour_is_as_late_as_request_by_request(
    rate: float, ready: int, late: float
) -> None:
    rates = np.full(HOUR_S, rate)
    counts = np.full(HOUR_S, ready)
    arrivals = np.random.default_rng(3).poisson(rates).astype(np.float64)
    share, error = by_request(arrivals, counts, 2 if late > 0.5 or not late else 8)
    model = in_model(arrivals, rates, counts)

    assert model == pytest.approx(late, abs=0.02)
    assert abs(model - share) <= POINTS + 2 * error


def test_an_hour_with_an_overload_is_as_late_as_request_by_request() -> None:
    seconds = np.arange(HOUR_S)
    rates = np.repeat((500.0 + 450.0 * np.sin(seconds / 573))[::60], 60)
    arrivals = np.random.default_rng(4).poisson(rates).astype(np.float64)
    counts = np.where(seconds < 600, 8, np.where(seconds < 1500, 10, 12))
    share, error = by_request(arrivals, counts, 3)

    assert share > 0.05
    assert abs(in_model(arrivals, rates, counts) - share) <= POINTS + 2 * error


@pytest.mark.full
@pytest.mark.skipif(not TRACES.exists(), reason="the traces lie beside the project")
@pytest.mark.parametrize("path", sorted(TRACES.glob("web_*.csv")), ids=lambda path: path.stem)
@pytest.mark.parametrize("name", ["hpa", "nomad-threshold", "one-step"])
def test_hours_of_a_trace_are_as_late_as_request_by_request(path: Path, name: str) -> None:
    course = prepared(Path(os.path.normpath(path)), range(1), 2)
    assert isinstance(course, WebCourse)
    family = POLICIES[name].families["web"]
    [outcome] = run_settings(course, family, [family.default], [Lane(0, 30)])
    ready = np.repeat(outcome.track.astype(np.int64), 10)
    last = max(0, len(ready) - HOUR_S)
    begins = sorted({0, *np.random.default_rng(5).integers(0, last + 1, 4).tolist()})
    for begin in begins:
        part = slice(begin, begin + HOUR_S)
        arrivals = course.demand.arrivals[0, part][: len(ready) - begin]
        share, error = by_request(arrivals, ready[part], 6)
        model = in_model(arrivals, course.demand.rates[part][: len(arrivals)], ready[part])

        assert abs(model - share) <= POINTS + 2 * error, begin
