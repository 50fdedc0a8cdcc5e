"""Why a web service should have the count that was decided: who spoke, and what it saw."""

from __future__ import annotations

from dataclasses import dataclass

from scaler.policies.experts import named
from scaler.policies.leader import ENOUGH_S
from scaler.policies.readings import INTERVAL_S, Bools, Floats, Ints
from scaler.policies.shadow import HALF_LIFE_S


@dataclass(frozen=True)
class Why:
    """What n decisions came from, all (n,).

    `expert`: its place in EXPERTS. `seen`: known readings so far; `known`: whether the last one
    was. Requests a second: `arrivals` estimated, `forecast` by the expert, the `error` to expect of
    that, what an instance `holds`. `more`: instances for a queue. `cost`, `reactive`: discounted
    instance-seconds of the expert, and of the reactive rule, on the service's own arrivals.
    """

    expert: Ints
    seen: Floats
    known: Bools
    arrivals: Floats
    forecast: Floats
    error: Floats
    holds: Floats
    more: Floats
    cost: Floats
    reactive: Floats


def reason(why: Why, lane: int) -> str:
    """One decision in words: which expert spoke, and why it was this one."""
    if not why.known[lane]:
        return "nothing is known of its requests: no less than now"
    saw = (
        f"{why.forecast[lane]:,.0f} requests/s to come, off by {why.error[lane]:,.0f} as a rule,"
        f" {why.holds[lane]:,.1f}/s for each instance"
    )
    if why.more[lane]:
        saw += f", {why.more[lane]:.0f} more for those that wait"
    return f"{_speaker(why, lane)}; {saw}"


def _speaker(why: Why, lane: int) -> str:
    said = named(int(why.expert[lane]))
    history_s = why.seen[lane] * INTERVAL_S
    if history_s < ENOUGH_S:
        return f"the reactive rule ({said}), after {history_s / 60:.0f} of {ENOUGH_S / 60:.0f} min"
    weight_s = HALF_LIFE_S * 1.4427 * (1.0 - 0.5 ** (history_s / HALF_LIFE_S))
    cost, reactive = why.cost[lane] / weight_s, why.reactive[lane] / weight_s
    return (
        f"{said}: would have cost {cost:,.2f} instances so far, the reactive rule {reactive:,.2f}"
    )
