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
    over_rates: bool = False,
) -> Optimum:
    """The least J over these arrivals, a value a second; exact for its costs.

    Any count within the bounds may be ready in the first second for nothing; after that one more
    instance costs its start-up, one less its drain, in seconds. No backlog is carried on: a second
    whose arrivals, or whose rate, are not below its capacity is late as a whole; of any other it is
    the tail of M/M/c.
    Where `over_rates`, capacity has to exceed the rate alone: what a Poisson draw brings above that
    is not late, because 400 ms are enough to work it off.
    """
    held = rates if over_rates else np.maximum(arrivals, rates)
    least = settings.minimum
    needed = max(int(held.max(initial=0.0) / settings.rate) + 2, least)
    largest = max(min(settings.maximum, PLACES, needed), 1)
    table = erlang_c(settings.maximum, settings.slots)
    counts = np.arange(least, largest + 1, dtype=np.float64)
    best = np.zeros(len(counts))
    came_from = np.zeros((len(rates), len(counts)), np.uint8)
    for begin in range(0, len(rates), CHUNK_S):
        part = slice(begin, begin + CHUNK_S)
        late = web_kernel.late_table(
            arrivals[part], rates[part], held[part], largest, table, constants(settings)
        )
        optimum_kernel.forward(
            counts + price * _from(least, late, arrivals[part]),
            best,
            came_from[part],
            startup_s,
            settings.drain_s,
            begin == 0,
        )
    last = int(best.argmin())
    return Optimum(float(best[last]), optimum_kernel.backward(came_from, last) + least)


def _from(least: int, late: Floats, arrivals: Floats) -> Floats:
    """The late requests by count, from `least` on; with none everybody is late."""
    return np.column_stack([arrivals, late]) if not least else late[:, least - 1 :]


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
    return _billed(ready, startup_s, settings) + price * late


def taken_for_late(arrivals: Floats, rates: Floats, ready: Ints, settings: WebSettings) -> float:
    """Requests of the seconds that `cheapest` takes for late as a whole under this schedule.

    In the model they are late only as far as 400 ms do not suffice to work off what is too much.
    """
    return float(arrivals[ready * settings.rate <= np.maximum(arrivals, rates)].sum())


def _billed(ready: Ints, startup_s: int, settings: WebSettings) -> float:
    steps = np.diff(ready)
    started, ended = steps[steps > 0].sum(), -steps[steps < 0].sum()
    return float(ready.sum() + startup_s * started + settings.drain_s * ended)
