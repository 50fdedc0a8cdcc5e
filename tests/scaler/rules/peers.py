"""The cases of other autoscalers' test tables, as policies, observations and histories."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from scaler.rules.history import History, changed, nothing_remembered, proposed
from scaler.rules.observation import Observation, nothing_read
from scaler.rules.policies import Behaviour, Metric, Policy, Rate, Select

NOW = 10_000.0
PATH = Path(__file__).parents[2] / "data" / "peer_cases.json"
RATIOS = ("utilization_average", "average_value", "single_value_ratio", "total_per_replica")
DEFAULT_DOWN_S = 300.0
LARGEST = 1_000_000

Case = dict[str, Any]


@dataclass(frozen=True)
class Situation:
    """What one case puts before the rules."""

    policy: Policy
    observation: Observation
    history: History


def cases(*families: str) -> list[Case]:
    """The cases of these families: of the project's file, or of MUSTER_PEER_CASES."""
    path = Path(os.environ.get("MUSTER_PEER_CASES") or PATH)
    return [case for case in json.loads(path.read_text()) if case["family"] in families]


def situation(case: Case) -> Situation:
    """The case as what `decide` takes, with its metrics, behaviour and past."""
    signals = _signals(case)
    return Situation(_policy(case, signals), _observation(case, signals), _history(case))


def _signals(case: Case) -> list[tuple[Metric, float, int]]:
    """Each metric with its reading, NaN where it failed, and over how many instances it is."""
    found = [_signal(case, case["current"])] if "metric" in case else []
    others = [_signal(other, case["current"]) for other in case.get("other_metrics") or ()]
    return [signal for signal in [*found, *others] if signal is not None]


def _signal(case: Case, current: int) -> tuple[Metric, float, int] | None:
    if case.get("status") == "error":
        return Metric(1), np.nan, current
    if case["target"] is None:
        return None
    total = case["family"] == "total_per_replica"
    metric = case["metric"]
    if metric is None or metric == []:
        return Metric(case["target"], total), np.nan, current
    values = metric if isinstance(metric, list) else [metric]
    return Metric(case["target"], total), float(np.mean(values)), min(len(values), current)


def _policy(case: Case, signals: list[tuple[Metric, float, int]]) -> Policy:
    given = case["behavior"] or {}
    return Policy(
        kind="web",
        minimum=case["min"] or 0,
        maximum=LARGEST if case["max"] is None else case["max"],
        metrics=tuple(metric for metric, _, _ in signals),
        tolerance=0.1 if case["tolerance"] is None else case["tolerance"],
        up=_behaviour(given.get("scale_up") or {}, 0.0),
        down=_behaviour(given.get("scale_down") or {}, DEFAULT_DOWN_S),
    )


def _behaviour(given: Case, window_s: float) -> Behaviour:
    select: dict[str, Select] = {"max": "max", "min": "min", "disabled": "disabled"}
    return Behaviour(
        window_s=given.get("stabilization_s", window_s),
        rates=tuple(
            Rate(each["value"], each["period_s"], percent=each["type"] == "percent")
            for each in given.get("policies") or ()
        ),
        select=select[(given.get("select") or "max").lower()],
    )


def _observation(case: Case, signals: list[tuple[Metric, float, int]]) -> Observation:
    read = nothing_read(np.array([float(case["current"])]), len(signals))
    each = case["family"] in ("utilization_average", "average_value")
    seen = [count for _, value, count in signals if not np.isnan(value)]
    ready = seen[0] if each and seen and seen[0] > 1 else case["current"]
    return replace(
        read,
        ready=np.array([float(ready)]),
        ready_age_s=np.zeros(1),
        metric=np.array([[value for _, value, _ in signals]]).reshape(1, -1),
        metric_age_s=np.zeros((1, len(signals))),
    )


def _history(case: Case) -> History:
    past = case["history"] or {}
    events = [
        *((each["change"], each["age_s"]) for each in past.get("scale_up_events") or ()),
        *((-each["change"], each["age_s"]) for each in past.get("scale_down_events") or ()),
        *((each["change"], each["age_s"]) for each in past.get("scale_events") or ()),
    ]
    history = nothing_remembered(1, changes=max(8, len(events)))
    for each in past.get("recommendations") or ():
        history = proposed(history, np.array([float(each["replicas"])]), NOW - each["age_s"])
    if past.get("first_evaluation"):
        history = proposed(history, np.array([float(case["current"])]), NOW)
    for change, age_s in events:
        history = changed(history, np.array([0]), np.array([float(change)]), NOW - age_s)
    return history
