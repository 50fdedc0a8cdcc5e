"""The seconds of a web service: its queue, its instances, what its edge counts. Machine code.

All that is called from here stands here: see `compiled`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scaler.replay.compiled import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Columns of a lane's whole numbers.
READY, STARTING, DRAINING, HEAD, CHANGES = range(5)
# Columns of a lane's real numbers: the queue, what is summed over the scored part, the reading.
BACKLOG, REST, LATE, REQUESTS, BILLED, GAVE_UP, COMPLETED, WAITED, SERVED_LAST, LEFT = range(10)
# Columns of a reading.
READ_COMPLETED, READ_MEAN, READ_P95, READ_OPEN, READ_LEFT = range(5)
BUSY_S = 64
# exp(-NEGLIGIBLE) of a second's requests is nobody.
NEGLIGIBLE = 40.0
# Seconds that the foremost request of a backlog has waited, at the least.
AGED = 1e-6


@compiled
def waiting(table: Floats, count: int, rate: float, capacity: float) -> float:
    """The probability that a request waits, by Erlang C; 1 where capacity does not suffice."""
    if rate >= capacity or count == 0:
        return 1.0
    grid = table.shape[1] - 1
    place = rate / capacity * grid
    left = int(place)
    low = table[count, left]
    return float(low + (table[count, left + 1] - low) * (place - left))


@compiled
def late_share(
    wait: float, rate: float, capacity: float, before: float, after: float, late_s: float
) -> float:
    """The share of a second's arrivals that wait longer than `late_s`.

    `before` is the backlog at the second's begin, less the slots that are free then; it changes
    evenly towards `after`, which may be below zero too. Who comes while it is above `late_s` of
    capacity is late, whoever else by the tail of M/M/c, P(W > t) = C exp(-(capacity - rate) t).
    What the drawn arrivals alone make late is in the backlog already, and taken out of that: by the
    heavy-traffic formula with steady service, C exp(-2 (capacity - rate) t).
    """
    limit = late_s * capacity
    if before > limit and after > limit:
        return 1.0
    share = 0.0
    if before > limit or after > limit:
        share = (max(before, after) - limit) / abs(before - after)
    if rate < capacity:
        tail = math.exp(-(capacity - rate) * late_s)
        drawn = wait * tail * tail
        share += (1.0 - share) * max(0.0, wait * tail - drawn) / (1.0 - drawn + 1e-12)
    return share


@compiled
def free_slots(capacity: float, work: float, started: float) -> float:
    """Requests that find a slot at once, before a queue can form.

    Half of the slots that the last second's requests do not hold: while those fill, exponential
    work ends more slowly than at full capacity. N' = arrivals - N / work gives 0.5 of them where
    arrivals are little over the capacity, 0.8 where they are twice that.
    """
    return max(0.0, (capacity - started) * work) / 2.0


@compiled
def work_off(
    arrivals: Floats, second: int, capacity: float, queue: tuple[float, int, float], give_up: int
) -> tuple[float, int, float, float, float]:
    """Backlog, head and rest after a second, requests started, requests given up.

    First in, first out: of the requests of second `head`, `rest` still wait, and all of those
    after it.
    """
    backlog, head, rest = queue
    came = arrivals[second]
    if backlog + came <= capacity:
        return 0.0, second + 1, 0.0, backlog + came, 0.0
    if backlog <= 0.0:
        head, rest = second, came
    left = capacity
    while rest <= left and head < second:
        left -= rest
        head += 1
        rest = arrivals[head]
    rest -= left
    backlog += came - capacity
    dropped = 0.0
    while head <= second - give_up:
        dropped += rest
        head += 1
        rest = arrivals[head]
    return max(backlog - dropped, 0.0), head, rest, capacity, dropped


@compiled
def fluid_age(arrivals: Floats, now: int, head: int, rest: float, backlog: float) -> float:
    """Seconds that the foremost request has waited."""
    if backlog <= 0.0 or arrivals[head] <= 0.0:
        return 0.0
    return float(max(0.0, now - head - 1 + rest / arrivals[head]))


@compiled
def count_durations(
    buckets: Floats,
    served: float,
    ages: tuple[float, float],
    tail: float,
    decay: float,
    work: float,
    bounds: Floats,
) -> None:
    """Add a second's completed requests to the edge's histogram, whose buckets end at `bounds`.

    In a backlog their waits spread evenly between `ages`; without one, a share `tail` waits, and
    for longer than t with exp(-decay t).
    """
    longer = served
    first, last = min(ages[0], ages[1]), max(ages[0], ages[1])
    for index in range(len(bounds)):
        over = bounds[index] - work
        if last > 0.0:
            beyond = served * min(1.0, max(0.0, (last - over) / max(last - first, 1e-9)))
        else:
            beyond = served * tail * math.exp(-decay * over) if tail > 1e-4 else 0.0
        buckets[index] += longer - beyond
        longer = beyond
        if longer <= 0.0:
            return
    buckets[len(bounds)] += longer


@compiled
def quantile(buckets: Floats, share: float, work: float, bounds: Floats) -> float:
    """Seconds below which this share of durations lies, as Prometheus does it; NaN if none."""
    total = buckets.sum()
    if total <= 0.0:
        return math.nan
    below, lower = 0.0, work
    for index in range(len(bounds)):
        if below + buckets[index] >= share * total:
            part = (share * total - below) / buckets[index] if buckets[index] > 0.0 else 0.0
            return float(lower + (bounds[index] - lower) * part)
        below += buckets[index]
        lower = bounds[index]
    return float(bounds[-1])


@compiled
def order(
    whole: Ints, due: Ints, gone: Ints, now: int, desired: int, startup: int, drain: int
) -> None:
    """Start or end instances of one lane; those still starting are the first to go."""
    more = desired - whole[READY] - whole[STARTING]
    if more != 0:
        whole[CHANGES] += 1
    if more > 0:
        due[(now + startup) % due.shape[0]] += more
        whole[STARTING] += more
        return
    for ahead in range(startup, 0, -1):
        place = (now + ahead) % due.shape[0]
        cancelled = min(due[place], -more)
        due[place] -= cancelled
        whole[STARTING] -= cancelled
        more += cancelled
    whole[READY] += more
    whole[DRAINING] -= more
    gone[(now + drain) % gone.shape[0]] -= more


@compiled
def live(whole: Ints, due: Ints, gone: Ints, second: int) -> None:
    """Let those become ready, or end, whose second has come."""
    here = second % due.shape[0]
    whole[READY] += due[here]
    whole[STARTING] -= due[here]
    due[here] = 0
    there = second % gone.shape[0]
    whole[DRAINING] -= gone[there]
    gone[there] = 0


@compiled
def pass_second(
    state: Ints, sums: Floats, row: Floats, second: int, capacity: float, work: float, give_up: int
) -> tuple[float, tuple[float, float], float, float]:
    """Let the queue of one lane pass a second of its arrivals `row`, in place.

    What comes back: the backlog at its begin less the free slots, how long the foremost request
    had waited at its begin and at its end, both 0 without a backlog, and the requests that started
    and that gave up.
    """
    before = sums[BACKLOG]
    young = fluid_age(row, second, state[HEAD], sums[REST], before)
    free = free_slots(capacity, work, sums[SERVED_LAST])
    after, head, rest, served, dropped = work_off(
        row, second, capacity + free, (before, state[HEAD], sums[REST]), give_up
    )
    old = fluid_age(row, second + 1, head, rest, after)
    sums[BACKLOG], state[HEAD], sums[REST], sums[SERVED_LAST] = after, head, rest, served
    calm = before <= 0.0 and after <= 0.0
    return before - free, (0.0, 0.0) if calm else (young, max(old, AGED)), served, dropped


@compiled
def count_second(
    sums: Floats,
    buckets: Floats,
    served: float,
    ages: tuple[float, float],
    wait: float,
    spare: float,
    work: float,
    bounds: Floats,
) -> None:
    """Count a second's completed requests as the edge does: how many, and how long they took."""
    calm = ages[1] <= 0.0 and spare > 0.0
    sums[COMPLETED] += served
    sums[WAITED] += served * (wait / spare if calm else (ages[0] + ages[1]) / 2.0)
    count_durations(
        buckets, served, ages if calm else (ages[0], max(ages[1], AGED)), wait, spare, work, bounds
    )


@compiled
def advance(
    begin: int,
    end: int,
    scored_from: int,
    desired: Ints,
    whole: Ints,
    real: Floats,
    due: Ints,
    gone: Ints,
    busy: Floats,
    buckets: Floats,
    readings: Floats,
    track: NDArray[np.uint16],
    arrivals: Floats,
    rates: Floats,
    lost: NDArray[np.bool_],
    seeds: Ints,
    startups: Ints,
    patience: Ints,
    table: Floats,
    bounds: Floats,
    constants: tuple[float, float, float, int, int, int],
) -> None:
    """Take every lane from second `begin` to second `end`, in place.

    `rates` has a row for each of `arrivals`, or one for all; `patience` is after how many seconds
    those of a lane give up. `constants` are the requests a second of an instance, its seconds a
    request, the wait in seconds that makes late, the seconds to give up (of all but these), to
    drain, and between readings.
    """
    per_instance, work, late_s, _, drain, reading = constants
    for lane in range(whole.shape[0]):
        state, sums, row = whole[lane], real[lane], arrivals[seeds[lane]]
        means = rates[seeds[lane] % rates.shape[0]]
        order(state, due[lane], gone[lane], begin, desired[lane], startups[lane], drain)
        for second in range(begin, end):
            live(state, due[lane], gone[lane], second)
            rate, capacity = means[second], per_instance * state[READY]
            wait = waiting(table, state[READY], rate, capacity)
            queued, ages, served, dropped = pass_second(
                state, sums, row, second, capacity, work, patience[lane]
            )
            sums[LEFT] += dropped
            if second >= scored_from:
                grown = queued + row[second] - capacity
                share = late_share(wait, rate, capacity, queued, grown, late_s)
                sums[LATE] += share * row[second]
                sums[REQUESTS] += row[second]
                sums[GAVE_UP] += dropped
                sums[BILLED] += state[READY] + state[STARTING] + state[DRAINING]
            count_second(sums, buckets[lane], served, ages, wait, capacity - rate, work, bounds)
            busy[lane, second % busy.shape[1]] = min(1.0, served / max(capacity, 1e-9))
            if (second + 1) % reading == 0:
                slot = (second + 1) // reading - 1
                track[lane, slot] = state[READY]
                close_reading(sums, buckets[lane], readings[lane], reading, work, bounds)
                if lost[seeds[lane], slot]:
                    readings[lane, -1] = math.nan


@compiled
def close_reading(
    sums: Floats, buckets: Floats, readings: Floats, reading: int, work: float, bounds: Floats
) -> None:
    """Push what the edge shows of the last seconds, the newest row last, and begin anew."""
    readings[:-1] = readings[1:]
    completed = sums[COMPLETED]
    readings[-1, READ_COMPLETED] = completed / reading
    readings[-1, READ_MEAN] = sums[WAITED] / completed + work if completed > 0.0 else math.nan
    readings[-1, READ_P95] = quantile(buckets, 0.95, work, bounds)
    readings[-1, READ_OPEN] = sums[BACKLOG] + sums[SERVED_LAST] * work
    readings[-1, READ_LEFT] = sums[LEFT] / reading
    sums[LEFT] = 0.0
    sums[COMPLETED] = 0.0
    sums[WAITED] = 0.0
    buckets[:] = 0.0


@compiled
def follow(
    arrivals: Floats,
    rates: Floats,
    ready: Ints,
    table: Floats,
    constants: tuple[float, float, float, int, int, int],
) -> tuple[float, float]:
    """Late requests and requests given up, where `ready` says who is ready in each second."""
    per_instance, work, late_s, give_up, _, _ = constants
    backlog, head, rest, served = 0.0, 0, 0.0, np.inf
    late, gave_up = 0.0, 0.0
    for second in range(len(ready)):
        count = ready[second]
        capacity = per_instance * count
        free = free_slots(capacity, work, served)
        queued = backlog - free
        backlog, head, rest, served, dropped = work_off(
            arrivals, second, capacity + free, (backlog, head, rest), give_up
        )
        wait = waiting(table, count, rates[second], capacity)
        grown = queued + arrivals[second] - capacity
        share = late_share(wait, rates[second], capacity, queued, grown, late_s)
        late += share * arrivals[second]
        gave_up += dropped
    return late, gave_up


@compiled
def late_table(
    arrivals: Floats,
    rates: Floats,
    held: Floats,
    largest: int,
    table: Floats,
    constants: tuple[float, float, float, int, int, int],
) -> Floats:
    """Late requests of each second by the count that is ready, shape (seconds, largest).

    Column k is k + 1 instances. For a clairvoyant that carries no backlog on: a second whose
    capacity is not above `held`, which is at least its rate, is late as a whole.
    """
    per_instance, _, late_s, _, _, _ = constants
    late = np.zeros((len(rates), largest))
    for second in range(len(rates)):
        rate = rates[second]
        for index in range(largest):
            capacity = per_instance * (index + 1)
            if capacity <= held[second]:
                late[second, index] = arrivals[second]
                continue
            if (capacity - rate) * late_s > NEGLIGIBLE:
                break
            tail = math.exp(-(capacity - rate) * late_s)
            late[second, index] = (
                arrivals[second] * waiting(table, index + 1, rate, capacity) * tail
            )
    return late
