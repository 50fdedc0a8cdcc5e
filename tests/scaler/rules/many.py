"""Any services at all, with readings that may be anything: for what must always hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scaler.rules.arrays import Floats
from scaler.rules.capacity import Capacity
from scaler.rules.history import READINGS, History
from scaler.rules.observation import Observation
from scaler.rules.policies import Behaviour, Metric, Policy, Rate
from scaler.rules.quota import Quotas, quotas

NOW = 5_000.0
METRICS = 2
FINITE = st.floats(0, 500)
READINGS_OF = (
    *("rate", "mean_s", "p95_s", "fallback", "refused", "open"),
    *("waiting", "busy", "service_s", "oldest_s", "ready"),
)
READING = st.one_of(FINITE, st.sampled_from([np.nan, -1.0, 0.0, np.inf, 1e300, 1e8]))
AGE = st.sampled_from([0.0, 10.0, 10.0, 29.0, 1000.0, np.nan])
PAST = st.one_of(st.just(np.nan), st.floats(0, NOW))
COUNT = st.integers(0, 40).map(float)

RATES = st.lists(
    st.builds(Rate, st.integers(1, 150), st.integers(10, 600), percent=st.booleans()), max_size=2
).map(tuple)
BEHAVIOURS = st.builds(
    Behaviour,
    window_s=st.sampled_from([None, 0.0, 60.0, 300.0]),
    rates=RATES,
    select=st.sampled_from(["max", "max", "min", "disabled"]),
    cooldown_s=st.sampled_from([0.0, 0.0, 60.0]),
)
TARGET = st.sampled_from([None, 0.2, 30.0])


@st.composite
def policy(draw: st.DrawFn) -> Policy:
    """A policy of any kind with any of the signals."""
    low, high = sorted((draw(st.integers(0, 20)), draw(st.integers(1, 40))))
    return Policy(
        kind=draw(st.sampled_from(["web", "private", "worker"])),
        minimum=low,
        maximum=high,
        latency_s=draw(TARGET),
        drain_s=draw(TARGET),
        jobs_per_worker=draw(TARGET),
        metrics=tuple(
            Metric(draw(st.floats(0.1, 90)), draw(st.booleans()))
            for _ in range(draw(st.integers(0, METRICS)))
        ),
        tolerance=draw(st.sampled_from([0.0, 0.1, 0.3])),
        up=draw(BEHAVIOURS),
        down=draw(BEHAVIOURS),
        unknown=draw(st.sampled_from(["hold", "floor", "step"])),
        floor=draw(st.integers(0, 9)),
    )


@st.composite
def situation(draw: st.DrawFn) -> tuple[list[Policy], Observation, History, Quotas]:
    """Policies, what was read, what is remembered, and the quotas of two teams."""
    policies = draw(st.lists(policy(), min_size=1, max_size=5))
    size = len(policies)
    metrics = max(len(each.metrics) for each in policies)

    def column(values: st.SearchStrategy[float], *more: int) -> Floats:
        drawn: Floats = draw(hnp.arrays(np.float64, (size, *more), elements=values))
        return drawn

    readings: dict[str, Any] = {name: column(READING) for name in READINGS_OF}
    observation = Observation(
        desired=column(COUNT),
        ready_age_s=column(AGE),
        edge_age_s=column(AGE),
        queue_age_s=column(AGE),
        metric=column(READING, metrics),
        metric_age_s=column(AGE, metrics),
        ordered_s=column(st.one_of(st.just(np.nan), st.floats(0, 500))),
        unplaced=column(st.sampled_from([0.0, 0.0, 1.0])) > 0,
        rolling=column(st.sampled_from([0.0, 0.0, 1.0])) > 0,
        override=column(st.sampled_from([np.nan, np.nan, 0.0, 7.0])),
        override_until=column(st.sampled_from([NOW - 1, NOW + 60, np.inf])),
        release=column(st.sampled_from([np.nan, 1.0, 2.0])),
        **readings,
    )
    times: Floats = draw(hnp.arrays(np.float64, 6, elements=PAST))
    history = History(
        at=times,
        proposals=column(COUNT, 6),
        changed_at=column(PAST, 3),
        change=column(st.integers(-5, 5).map(float), 3),
        up_at=column(PAST),
        down_at=column(PAST),
        seen_at=np.sort(column(PAST, READINGS)),
        arrivals=column(FINITE, READINGS),
        mean_s=column(FINITE, READINGS),
        noise=column(st.floats(0.03, 0.3)),
        unknown_since=column(PAST),
        capacity=Capacity(*(column(FINITE) for _ in range(6))),
        release=column(st.sampled_from([np.nan, 1.0, 2.0])),
    )
    team = column(st.integers(0, 1).map(float)).astype(np.int64)
    limit: Floats = draw(
        hnp.arrays(np.float64, (2, 3), elements=st.integers(0, 9000).map(float))
    ) * np.array([0.01, 1, 1])
    cpu, memory = (column(st.sampled_from([0.0, 100.0, 350.0])) for _ in range(2))
    return policies, observation, history, quotas(team, cpu, memory, np.floor(limit))
