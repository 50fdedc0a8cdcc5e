"""What a clairvoyant would have paid for a web service, and with which counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.replay import optimum_kernel, web_kernel
from scaler.replay.erlang import erlang_c
from scaler.replay.seen import Floats, Ints
from scaler.replay.settings import WebSettings
from scaler.replay.web import constants

CHUNK_S = 86_400
PLACES = 255


@dataclass(frozen=True)
class Optimum:
    """The least J, and the count that is ready in each second."""

    cost: float
    ready: Ints


def cheapest(
    arrivals: Floats,
    rates: Floats,
    startup_s: int,
    price: float,
    settings: WebSettings,
    *,
    strict: bool = False,
) -> Optimum:
    """The least J over these seconds, exact over all schedules that let no backlog last.

    Any count may be ready in the first second for nothing; after that one more instance costs its
    start-up, one less its drain. A second whose rate is over its capacity is late as a whole. So
    is, if `strict`, one whose arrivals are: the few that a Poisson draw brings over the rate then
    count, though 400 ms are enough to work them off.
    """
    highest = max(rates.max(initial=0.0), arrivals.max(initial=0.0) if strict else 0.0)
    largest = min(settings.maximum, PLACES, int(highest / settings.rate) + 2)
    table = erlang_c(settings.maximum, settings.slots)
    counts = np.arange(1, largest + 1, dtype=np.float64)
    best = np.zeros(largest)
    came_from = np.zeros((len(rates), largest), np.uint8)
    for begin in range(0, len(rates), CHUNK_S):
        part = slice(begin, begin + CHUNK_S)
        late = web_kernel.late_table(
            arrivals[part], rates[part], largest, table, constants(settings), strict
        )
        optimum_kernel.forward(
            counts + price * late,
            best,
            came_from[part],
            startup_s,
            settings.drain_s,
            begin == 0,
        )
    last = int(best.argmin())
    return Optimum(float(best[last]), optimum_kernel.backward(came_from, last) + 1)


def cost_in_model(
    arrivals: Floats,
    rates: Floats,
    ready: Ints,
    startup_s: int,
    price: float,
    settings: WebSettings,
) -> float:
    """J of a schedule, with the late ones of the model's own queue, backlog and all."""
    table = erlang_c(settings.maximum, settings.slots)
    late, _ = web_kernel.follow(arrivals, rates, ready, table, constants(settings))
    steps = np.diff(ready)
    started, ended = steps[steps > 0].sum(), -steps[steps < 0].sum()
    billed = ready.sum() + startup_s * started + settings.drain_s * ended
    return float(billed + price * late)
