"""What every expert would have cost on one's own arrivals: start-ups, drains and queue.

Arrivals do not depend on how many instances ran; so all experts are run beside the service, on what
really arrived. The model is that of the replay, in steps of a reading: a fluid queue, the tail of
M/M/c where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.policies import sliding
from scaler.policies.experts import EXPERTS, KEEPS_S, WANTS
from scaler.policies.forecasts import LONGEST_LAG
from scaler.policies.readings import INTERVAL_S, LARGEST, Bools, Ints, Singles, Smalls
from scaler.policies.sliding import Ladder

HALF_LIFE_S = 24 * 3600.0
LONGEST_QUEUE_S = 10.0
"""Who waits longer than that has given up."""
KEPT = max(KEEPS_S) // INTERVAL_S + 1


@dataclass(frozen=True)
class Shadow:
    """All experts of n services; written over in place by `paid` and `ordered`.

    `wants`: what was wanted at the last ticks, (n, WANTS) each; `orders`: what was ordered, (n, E)
    each. (n, E): what is ordered, what is `ready`, what `ended` at the last tick, the `queue` in
    requests, and the `cost`: instance-seconds, J discounted with HALF_LIFE_S.
    """

    wants: Ladder
    orders: Ladder
    ordered: Smalls
    ready: Smalls
    ended: Smalls
    queue: Singles
    cost: Singles


@dataclass(frozen=True)
class Terms:
    """What the experts of some services are charged by, all (n, 1), single precision.

    Requests a second: what arrived, and what an instance holds. Seconds: what a request may wait,
    and start-up and drain. Instance-seconds: a late request. Then least and most instances.
    """

    arriving: Singles
    holds: Singles
    patience_s: Singles
    restart_s: Singles
    drain_s: Singles
    price: Singles
    least: Smalls
    most: Smalls

    def of(self, rows: slice) -> Terms:
        """The same of some services."""
        return Terms(**{name: column[rows] for name, column in vars(self).items()})


def begun(counts: Ints) -> Shadow:
    """The experts of services that have so many instances now, (n,)."""
    lanes, experts = len(counts), len(EXPERTS)
    start = np.clip(counts, 0, LARGEST).astype(np.int16)[:, np.newaxis]
    each = np.broadcast_to(start, (lanes, experts))
    return Shadow(
        wants=sliding.filled(np.broadcast_to(start, (lanes, WANTS)), KEPT),
        orders=sliding.filled(each, LONGEST_LAG + 1),
        ordered=each.copy(),
        ready=each.copy(),
        ended=np.zeros((lanes, experts), np.int16),
        queue=np.zeros((lanes, experts), np.float32),
        cost=np.zeros((lanes, experts), np.float32),
    )


def part(shadow: Shadow, lanes: slice) -> Shadow:
    """The same arrays, of some services."""
    return Shadow(
        sliding.part(shadow.wants, lanes),
        sliding.part(shadow.orders, lanes),
        shadow.ordered[lanes],
        shadow.ready[lanes],
        shadow.ended[lanes],
        shadow.queue[lanes],
        shadow.cost[lanes],
    )


def paid(shadow: Shadow, terms: Terms, known: Bools) -> None:
    """Charge every expert for the reading that has just ended, in place.

    Late is who comes while the queue is longer than the patience, and the tail of M/M/c,
    P(W > t) <= exp(-(capacity - arrivals) t). An unknown reading costs nobody anything.
    """
    # Written over in place where that can be: the arrays are large, and this is done every tick.
    before, interval_s = shadow.queue, np.float32(INTERVAL_S)
    capacity = terms.holds * shadow.ready
    limit = capacity * terms.patience_s
    spare = capacity - terms.arriving
    tail = spare * -terms.patience_s
    np.exp(np.minimum(tail, 0.0, out=tail), out=tail)
    spare *= interval_s
    after = np.subtract(before, spare, out=spare)
    capacity *= np.float32(LONGEST_QUEUE_S)
    np.minimum(np.maximum(after, 0.0, out=after), capacity, out=after)
    late = np.subtract(np.maximum(before, after), limit, out=limit)
    moved = np.subtract(after, before, out=capacity)
    late /= np.maximum(np.abs(moved, out=moved), np.float32(1e-3), out=moved)
    np.minimum(np.maximum(late, tail, out=late), 1.0, out=late)
    late *= terms.arriving * terms.price * interval_s
    late += interval_s * shadow.ordered
    late += terms.drain_s * shadow.ended
    late += shadow.cost * np.float32(0.5 ** (INTERVAL_S / HALF_LIFE_S))
    np.copyto(shadow.queue, after, where=known[:, np.newaxis])
    np.copyto(shadow.cost, late, where=known[:, np.newaxis])


def kept(shadow: Shadow, wants: Smalls, bound_s: Singles, tick: int) -> Smalls:
    """What is wanted, kept for each of KEEPS_S: (n, WANTS, K). `bound_s` (n,) stands for 0."""
    sliding.pushed(shadow.wants, wants, tick, np.maximum)
    bound = np.ceil(bound_s / INTERVAL_S).astype(np.int64) + 1
    found = np.empty((*wants.shape, len(KEEPS_S)), np.int16)
    for place, keep_s in enumerate(KEEPS_S):
        if keep_s:
            ticks = keep_s // INTERVAL_S + 1
            found[:, :, place] = sliding.last(shadow.wants, ticks, tick, np.maximum)
        else:
            found[:, :, place] = sliding.last_of_each(shadow.wants, bound, tick, np.maximum)
    return found


def for_queue(queue: Singles, terms: Terms) -> Singles:
    """Instances beside those for what arrives that a queue is worth, 0 where nobody is late.

    k more empty a queue of q instance-seconds in q / k seconds, in which all that arrives is late;
    the sum of that and of k (restart + q / k) is least at k = sqrt(price * arrivals * q / restart).
    """
    work = queue / np.maximum(terms.holds, 1e-6)
    worth = np.ceil(np.sqrt(terms.price * terms.arriving * work / terms.restart_s))
    return np.where(queue > 0, worth, 0.0).astype(np.float32)


def ordered(shadow: Shadow, counts: Smalls, terms: Terms, lag: Ints, tick: int) -> None:
    """Let every expert order what it keeps, (n, E), and what its queue is worth, in place.

    `lag` (n,): readings from an order to a ready instance. What is ready is the least that was
    ordered within a start-up: who takes back an order takes it from those that are starting.
    """
    limit = terms.patience_s * terms.holds * shadow.ready
    late = np.where(shadow.queue > limit, shadow.queue, np.float32(0))
    if late.any():
        counts = np.minimum(counts + for_queue(late, terms), LARGEST).astype(np.int16)
    counts = np.clip(counts, terms.least, terms.most)
    sliding.pushed(shadow.orders, counts, tick, np.minimum)
    ready = sliding.last_of_each(shadow.orders, lag + 1, tick, np.minimum)
    shadow.ordered[...] = counts
    np.maximum(shadow.ready - ready, 0, out=shadow.ended)
    shadow.ready[...] = ready
