"""The largest, or the smallest, of the last values: as many as each lane wants, in a few steps.

A ladder holds, of an operation that takes the larger or the smaller one, the results over the last
1, 2, 4, 8, ... values, each as far back as the next rung needs it. A window of k values is covered
by two windows of the largest power of two below k, one at its end and one at its beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.policies.readings import Ints, Smalls


@dataclass(frozen=True)
class Ladder:
    """Windows of up to `longest` values; `rows` (R, n, W) are written over by `pushed`.

    Rung j is over 2 ** j values; its rows begin at `begins[j]`, and there are `depths[j]` of them.
    """

    longest: int
    begins: Ints
    depths: Ints
    rows: Smalls


def filled(values: Smalls, longest: int) -> Ladder:
    """A ladder on which these values (n, W) have always been."""
    rungs = int(longest).bit_length()
    depths = [2**rung + 1 for rung in range(rungs - 1)]
    depths.append(longest - 2 ** (rungs - 1) + 1)
    begins = np.concatenate(([0], np.cumsum(depths)[:-1])).astype(np.int64)
    rows = np.broadcast_to(values, (sum(depths), *values.shape)).copy()
    return Ladder(longest, begins, np.array(depths, np.int64), rows)


def part(ladder: Ladder, lanes: slice) -> Ladder:
    """The same rows, of some lanes."""
    return Ladder(ladder.longest, ladder.begins, ladder.depths, ladder.rows[:, lanes])


def pushed(ladder: Ladder, values: Smalls, tick: int, choose: np.ufunc) -> None:
    """Put the values (n, W) of this tick on every rung, in place; ticks follow each other."""
    ladder.rows[_row(ladder, 0, tick)] = values
    for rung in range(1, len(ladder.depths)):
        newest = ladder.rows[_row(ladder, rung - 1, tick)]
        older = ladder.rows[_row(ladder, rung - 1, tick - 2 ** (rung - 1))]
        choose(newest, older, out=ladder.rows[_row(ladder, rung, tick)])


def last(ladder: Ladder, count: int, tick: int, choose: np.ufunc) -> Smalls:
    """The chosen one of the last `count` values, up to this tick's, (n, W)."""
    rung = int(count).bit_length() - 1
    newest, oldest = _row(ladder, rung, tick), _row(ladder, rung, tick - count + 2**rung)
    return np.asarray(choose(ladder.rows[newest], ladder.rows[oldest]))


def last_of_each(ladder: Ladder, counts: Ints, tick: int, choose: np.ufunc) -> Smalls:
    """The chosen one of each lane's own number of last values, `counts` (n,) from 1, (n, W)."""
    counts = np.clip(counts, 1, ladder.longest)
    if (counts == counts[:1]).all():
        return last(ladder, int(counts[0]), tick, choose) if len(counts) else ladder.rows[0]
    rung = np.frexp(counts.astype(np.float64))[1] - 1
    begins, depths, lanes = ladder.begins[rung], ladder.depths[rung], np.arange(len(counts))
    newest = ladder.rows[begins + tick % depths, lanes]
    oldest = ladder.rows[begins + (tick - counts + 2**rung) % depths, lanes]
    return np.asarray(choose(newest, oldest, out=newest))


def _row(ladder: Ladder, rung: int, tick: int) -> int:
    return int(ladder.begins[rung] + tick % ladder.depths[rung])
