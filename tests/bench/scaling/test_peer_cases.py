"""The peers' arithmetic beside the numbers in their own test tables.

`MUSTER_PEER_CASES` names another file of the same form.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.scaling.peers import behavior, nomad, replicas

Case = Mapping[str, Any]

FILE = Path(__file__).parents[2] / "data" / "peer_cases.json"
CASES: list[dict[str, Any]] = json.loads(
    Path(os.environ.get("MUSTER_PEER_CASES") or FILE).read_text()
)
TOLERANCE = 0.1
DOWN_WINDOW_S = 300


def array(value: float) -> np.ndarray[Any, np.dtype[np.int64]]:
    """One lane."""
    return np.array([value], np.int64)


def utilization(case: Case) -> int | None:
    """The count by the average of percentages, whole as Kubernetes takes it; None if unknown."""
    if not case["metric"] or case.get("target") is None:
        return None
    return _by_ratio(case, int(np.mean(case["metric"])) / case["target"])


def weighted(case: Case) -> int | None:
    """The count by usage over what the pods request."""
    if not case["metric"]:
        return None
    percent = sum(case["metric"]) * 100 // sum(case["target"])
    return _by_ratio(case, int(percent) / case["target_util"])


def average_value(case: Case) -> int | None:
    """The count by the mean over the pods."""
    if not case["metric"]:
        return None
    mean = int(replicas.milli(case["metric"]).sum() // len(case["metric"]))
    return _by_ratio(case, mean / float(replicas.milli(case["target"])))


def single_value(case: Case) -> int | None:
    """The count by one value."""
    if case["metric"] is None:
        return None
    return _by_ratio(
        case, float(replicas.milli(case["metric"])) / float(replicas.milli(case["target"]))
    )


def total(case: Case) -> int | None:
    """The count by a total that is shared out."""
    if case["metric"] is None:
        return None
    current = array(case["current"])
    return int(replicas.by_total(current, case["metric"], case["target"], _tolerance(case))[0])


PROPOSALS: dict[str, Callable[[Case], int | None]] = {
    "utilization_average": utilization,
    "utilization_weighted": weighted,
    "average_value": average_value,
    "single_value_ratio": single_value,
    "total_per_replica": total,
}


def autoscaler(case: Case) -> int:
    """The count after every step of a Kubernetes HPA."""
    current = case["current"]
    low, high = case.get("min"), case.get("max")
    if low is not None and current < low:
        return int(low)
    if high is not None and current > high:
        return int(high)
    others = case.get("other_metrics") or []
    metrics = [case, *({**case, **other} for other in others if other.get("status") != "error")]
    known = [PROPOSALS[metric["family"]](metric) for metric in metrics]
    proposals = [count for count in known if count is not None]
    failed = len(proposals) <= len(others) if others else not proposals
    if not proposals or (failed and max(proposals) < current):
        return int(current)
    desired = max(proposals)
    history = case.get("history") or {}
    recent = list(history.get("recommendations") or ())
    if history.get("first_evaluation"):
        recent.append({"replicas": current, "age_s": 0})
    desired = stabilized({**case, "history": {"recommendations": recent}}, desired)
    return limited(case, desired)


def stabilized(case: Case, desired: int) -> int:
    """The count after the stabilization windows."""
    up_s, down_s = _window(case, "scale_up", 0), _window(case, "scale_down", DOWN_WINDOW_S)
    recent = (case.get("history") or {}).get("recommendations") or []
    lowest = [r["replicas"] for r in recent if r["age_s"] < up_s]
    highest = [r["replicas"] for r in recent if r["age_s"] < down_s]
    return int(
        behavior.stabilized(
            array(case["current"]),
            array(desired),
            min([desired, *lowest]),
            max([desired, *highest]),
        )[0]
    )


def limited(case: Case, desired: int) -> int:
    """The count after rate and limits."""
    up, down = _rate(case, "scale_up", behavior.UP), _rate(case, "scale_down", behavior.DOWN)
    history = case.get("history") or {}

    def added(period_s: float) -> float:
        return _changed(history.get("scale_up_events"), period_s)

    def removed(period_s: float) -> float:
        return _changed(history.get("scale_down_events"), period_s)

    current = array(case["current"])
    highest = behavior.up_limit(current, *up, added, removed)
    lowest = behavior.down_limit(current, *down, added, removed)
    low = case["min"] if case.get("min") is not None else 0
    high = case["max"] if case.get("max") is not None else nomad.UNLIMITED
    return int(behavior.limited(current, array(desired), lowest, highest, low, high)[0])


def target_value(case: Case) -> int:
    """The count by Nomad's target-value."""
    if not case["metric"]:
        return int(case["current"])
    rules = case.get("behavior") or {}
    step_up = (rules.get("scale_up") or {}).get("max_step")
    step_down = (rules.get("scale_down") or {}).get("max_step")
    latest = case["metric"][-1] if isinstance(case["metric"], list) else case["metric"]
    return int(
        nomad.target_value(
            array(case["current"]),
            latest,
            case["target"],
            case["tolerance"],
            nomad.UNLIMITED if step_up is None else step_up,
            nomad.UNLIMITED if step_down is None else step_down,
        )[0]
    )


ACTIONS: dict[str, Callable[[Any, float], Any]] = {
    "delta": nomad.by_delta,
    "percentage": nomad.by_percentage,
    "value": lambda _, fixed: array(fixed),
}


def threshold(case: Case) -> int:
    """The count by Nomad's threshold."""
    count, bounds = array(case["current"]), case["bounds"]
    [(name, value)] = [(k, v) for k, v in case["action"].items() if v is not None]
    asked = ACTIONS[name](count, value)
    lower, upper = bounds["lower_inclusive"], bounds["upper_exclusive"]
    return int(
        nomad.threshold(
            count,
            case["metric"],
            -np.inf if lower is None else lower,
            np.inf if upper is None else upper,
            case["within_bounds_trigger"],
            asked,
        )[0]
    )


def direction(case: Case) -> str:
    """Where Nomad's target-value goes."""
    by = nomad.factor(case["metric"], case["target"])
    return ("none", "up", "down")[int(nomad.direction(case["current"], by, case["tolerance"]))]


RULES: dict[str, Callable[[Case], int | str]] = {
    **dict.fromkeys(PROPOSALS, autoscaler),
    "limits_and_rate": lambda case: limited(case, case["desired_raw"]),
    "stabilization": lambda case: stabilized(case, case["desired_raw"]),
    "scale_event_window_sum": lambda case: int(
        _changed(case["history"]["scale_events"], case["window_s"])
    ),
    "nomad_target_value": target_value,
    "nomad_threshold": threshold,
    "direction": direction,
    "pass_through": lambda case: int(nomad.pass_through(case["metric"])),
    "fixed_value": lambda case: int(nomad.fixed_value(case["target"])),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}-{case['family']}")
def test_a_peer_counts_as_its_own_tests_expect(case: Case) -> None:
    assert RULES[case["family"]](case) == case["expected"]


def _by_ratio(case: Case, ratio: float) -> int:
    current = array(case["current"])
    return int(replicas.by_ratio(current, current, ratio, _tolerance(case))[0])


def _tolerance(case: Case) -> float:
    return TOLERANCE if case.get("tolerance") is None else float(case["tolerance"])


def _window(case: Case, way: str, usual_s: float) -> float:
    seconds = ((case.get("behavior") or {}).get(way) or {}).get("stabilization_s")
    return usual_s if seconds is None else float(seconds)


def _rate(
    case: Case, way: str, usual: Sequence[behavior.RatePolicy]
) -> tuple[Sequence[behavior.RatePolicy], str]:
    rule = (case.get("behavior") or {}).get(way) or {}
    given = rule.get("policies")
    if given is None:
        return usual, rule.get("select") or "max"
    policies = [
        behavior.RatePolicy(p["type"] == "percent", p["value"], p["period_s"]) for p in given
    ]
    return policies, rule.get("select") or "max"


def _changed(events: Sequence[Mapping[str, float]] | None, period_s: float) -> float:
    return behavior.changed_within([(e["change"], e["age_s"]) for e in events or ()], period_s)
