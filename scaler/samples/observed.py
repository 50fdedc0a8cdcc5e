"""What the rules are told of what was measured: the same while it happens and long after. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.rules.arrays import Bools, Floats, divided
from scaler.rules.freshness import LARGEST_READING
from scaler.rules.observation import Observation, nothing_read
from scaler.samples.series import column

PLACED_WITHIN_S = 15.0
"""From an acknowledgement to the observation in which its instances must stand."""
LOUD = 0.05
"""Share of answers with 5xx from which on short durations prove nothing."""
ENDLESS_S = LARGEST_READING
"""What is stored of a count by hand that has no end."""


@dataclass(frozen=True)
class Stands:
    """Where n services stand; all (n,). `metric`: what each one's metric is, "" for none.

    `acknowledged` instances since `acknowledged_at` (seconds), NaN while an order is out;
    `override_until` (seconds), NaN where no count is set by hand; `rolling`: it must not change;
    `guarded`: the edge turns away what is too much.
    """

    metric: tuple[str, ...]
    desired: Floats
    acknowledged: Floats
    acknowledged_at: Floats
    override_until: Floats
    rolling: Bools
    guarded: Bools


def observed(table: Floats, stands: Stands, at: float) -> Observation:
    """The observation of services by their series, (SERIES, n), and where they stand, at `at`.

    Fast errors look like health: a p95 is unknown where many answers were 5xx.
    """
    singles = table.astype(np.float32)

    def series(name: str) -> Floats:
        return column(singles, name)

    rate = series("rate")
    loud = divided(series("errors"), rate) > LOUD
    refused = series("refused")
    refused = np.where(stands.guarded, refused, np.nan_to_num(refused))
    fallback = series("fallback") + refused
    asked = rate + np.nan_to_num(fallback)
    waited = at - series("ready_age_s") - stands.acknowledged_at > PLACED_WITHIN_S
    return replace(
        nothing_read(stands.desired, metrics=1),
        ready=series("serving"),
        ready_age_s=series("ready_age_s"),
        rate=rate,
        mean_s=series("mean_s"),
        p95_s=np.where(loud, np.nan, series("p95_s")),
        fallback=fallback,
        refused=refused,
        open=series("open"),
        edge_age_s=series("edge_age_s"),
        waiting=series("waiting"),
        busy=series("busy"),
        service_s=series("service_s"),
        oldest_s=series("oldest_s"),
        queue_age_s=series("queue_age_s"),
        metric=metric_of(stands.metric, asked, series("concurrency")),
        metric_age_s=series("edge_age_s")[:, np.newaxis],
        unplaced=np.asarray(waited & (series("placed") < stands.acknowledged)),
        ordered_s=at - stands.acknowledged_at,
        rolling=stands.rolling,
        override=np.where(np.isnan(stands.override_until), np.nan, stands.desired),
        override_until=stands.override_until,
        release=series("release"),
    )


def recorded(table: Floats, metric: str, at: Floats, guarded: bool = False) -> Stands:
    """Where a service stood at each of its times `at` (k,), by its stored series (SERIES, k).

    Whether it was in the middle of its first deployment is not among them.
    """
    singles = table.astype(np.float32)
    left_s = column(singles, "override_s")
    return Stands(
        metric=(metric,) * len(at),
        desired=column(singles, "desired"),
        acknowledged=column(singles, "acknowledged"),
        acknowledged_at=at - column(singles, "ordered_s"),
        override_until=np.where(left_s >= ENDLESS_S, np.inf, at + left_s),
        rolling=np.zeros(len(at), dtype=np.bool_),
        guarded=np.full(len(at), guarded),
    )


def metric_of(names: tuple[str, ...], rate: Floats, concurrency: Floats) -> Floats:
    """The one metric of each policy, by its name, as a sum over its instances, (n, 1).

    What the fallback answered was asked for too: else nothing would wake a service from 0.
    """
    which = np.array(names, dtype=object)
    value = np.where(which == "rate", rate, np.where(which == "concurrency", concurrency, np.nan))
    return value.astype(np.float64)[:, np.newaxis]
