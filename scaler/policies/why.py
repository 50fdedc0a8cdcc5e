"""Why a web service should have the count that was decided: who spoke, and what it saw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scaler.policies.experts import EXPERTS, MARGINS, SPARE, named
from scaler.policies.leader import ENOUGH_S
from scaler.policies.readings import INTERVAL_S, Bools, Floats, Ints
from scaler.policies.shadow import HALF_LIFE_S


@dataclass(frozen=True)
class Why:
    """What n decisions came from, all (n,).

    `expert`: its place in EXPERTS. `seen`: known readings so far; `known`: whether the last one
    was. Requests a second: `arrivals` estimated, `forecast` by the expert, the `error` to expect of
    that, what an instance `holds`; how `sure` that is, 0 to 1. `more`: instances for a queue.
    `cost`, `reactive`: discounted instance-seconds of the expert, and of the reactive rule, on the
    service's own arrivals.
    """

    expert: Ints
    seen: Floats
    known: Bools
    arrivals: Floats
    forecast: Floats
    error: Floats
    holds: Floats
    sure: Floats
    more: Floats
    cost: Floats
    reactive: Floats


def numbers_of(why: Why) -> dict[str, Floats]:
    """The same as numbers that an event keeps, (n,), NaN where nothing is known.

    `expert`, `history_s`; requests a second: `coming` now, `expected`, `off`, `holds`, and how
    `sure` that is; `more` instances; `cost`, `reactive_cost`: instances on average, late requests
    at their price.
    """
    history_s = why.seen * INTERVAL_S
    weight_s = HALF_LIFE_S / np.log(2.0) * (1.0 - 0.5 ** (history_s / HALF_LIFE_S))
    columns = {
        "expert": why.expert.astype(np.float64),
        "history_s": history_s,
        "coming": why.arrivals,
        "expected": why.forecast,
        "off": why.error,
        "holds": why.holds,
        "sure": why.sure,
        "more": why.more,
        "cost": why.cost / np.maximum(weight_s, INTERVAL_S),
        "reactive_cost": why.reactive / np.maximum(weight_s, INTERVAL_S),
    }
    return {name: np.where(why.known, column, np.nan) for name, column in columns.items()}


def reason(numbers: Mapping[str, float]) -> str:
    """What one decision saw, in words: what comes, and what an instance holds."""
    if "coming" not in numbers:
        return "nothing is known of its requests: no less than now"
    if not numbers["coming"] and not numbers["expected"]:
        return "no requests"
    saw = (
        f"{_rate(numbers['coming'])} requests/s, up to {_rate(at_most(numbers))} to come,"
        f" {_rate(numbers['holds'])}/s for each instance"
    )
    more = numbers.get("more", 0.0)
    return f"{saw}, {more:.0f} more for those that wait" if more else saw


def at_most(numbers: Mapping[str, float]) -> float:
    """Requests a second that are prepared for: what is expected, with the expert's head room."""
    _, margin, _ = EXPERTS[int(numbers["expert"])]
    return numbers["expected"] + MARGINS[margin] * numbers["off"]


def takes(numbers: Mapping[str, float]) -> int:
    """The instances that this takes, without those that are kept from before."""
    needed = math.ceil(at_most(numbers) / numbers["holds"] + SPARE)
    return max(needed, 1) + int(numbers.get("more", 0.0))


def speaker(numbers: Mapping[str, float]) -> str:
    """Whose count it was, in words, and why that one was followed."""
    said, history_s = named(int(numbers["expert"])), numbers["history_s"]
    if history_s < ENOUGH_S:
        minutes = f"{history_s / 60:.0f} of {ENOUGH_S / 60:.0f} min"
        return f"by the reactive rule ({said}), after {minutes} of history"
    return (
        f"by {said}: it would have cost {numbers['cost']:,.2f} instances on average, the reactive"
        f" rule {numbers['reactive_cost']:,.2f}"
    )


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.2g}"
