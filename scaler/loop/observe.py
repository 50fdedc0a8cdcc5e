"""What the rules are told: the sample, and where the services stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scaler.loop.state import State
from scaler.rules.arrays import Floats, divided
from scaler.rules.observation import Observation, nothing_read
from scaler.samples.series import aligned, column
from scaler.samples.ticks import Sample

PLACED_WITHIN_S = 15.0
"""From an acknowledgement to the observation in which its instances must stand."""
LOUD = 0.05
"""Share of answers with 5xx from which on short durations prove nothing."""


def observation(sample: Sample, state: State, delay_s: float) -> Observation:
    """The observation of the state's services, read at the sample and `delay_s` old by now.

    Fast errors look like health: a p95 is unknown where many answers were 5xx.
    """
    table = aligned(sample.table, sample.services, state.services, np.nan)

    def series(name: str) -> Floats:
        return column(table.astype(np.float32), name)

    rate = series("rate")
    loud = divided(series("errors"), rate) > LOUD
    refused = _refused(series("refused"), state)
    fallback = series("fallback") + refused
    asked, age_s = rate + np.nan_to_num(fallback), series("edge_age_s") + delay_s
    metric, metric_age = _metric(state, asked, series("concurrency"), age_s)
    at = sample.at.timestamp()
    waited = at - series("ready_age_s") - state.acknowledged_at > PLACED_WITHIN_S
    return replace(
        nothing_read(state.desired, metrics=1),
        ready=series("serving"),
        ready_age_s=series("ready_age_s") + delay_s,
        rate=rate,
        mean_s=series("mean_s"),
        p95_s=np.where(loud, np.nan, series("p95_s")),
        fallback=fallback,
        refused=refused,
        open=series("open"),
        edge_age_s=age_s,
        waiting=series("waiting"),
        busy=series("busy"),
        service_s=series("service_s"),
        oldest_s=series("oldest_s"),
        queue_age_s=series("queue_age_s") + delay_s,
        metric=metric,
        metric_age_s=metric_age,
        unplaced=np.asarray(waited & (series("placed") < state.acknowledged)),
        ordered_s=at - state.acknowledged_at,
        rolling=~state.live,
        override=np.where(np.isnan(state.override_until), np.nan, state.desired),
        override_until=state.override_until,
        release=series("release"),
    )


def _refused(turned_away: Floats, state: State) -> Floats:
    """Requests a second that were turned away; none where no guard is, whatever is not told."""
    return np.where(np.isnan(state.guard_s), np.nan_to_num(turned_away), turned_away)


def _metric(
    state: State, rate: Floats, concurrency: Floats, age_s: Floats
) -> tuple[Floats, Floats]:
    """The one metric of each policy as a sum over its instances, (n, 1).

    What the fallback answered was asked for too: else nothing would wake a service from 0.
    """
    which = np.array(state.metric, dtype=object)
    value = np.where(which == "rate", rate, np.where(which == "concurrency", concurrency, np.nan))
    return value.astype(np.float64)[:, np.newaxis], age_s[:, np.newaxis]
