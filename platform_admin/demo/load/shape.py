"""How a load goes over time, as data: pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """So many seconds in which the rate (a second) goes evenly from `first` to `last`."""

    seconds: float
    first: float
    last: float

    @property
    def total(self) -> float:
        """How many fall into it."""
        return self.seconds * (self.first + self.last) / 2

    def at(self, number: float) -> float:
        """The second in which so many have fallen due: where the rate's integral reaches it."""
        slope = (self.last - self.first) / self.seconds
        root = math.sqrt(max(self.first**2 + 2 * slope * number, 0.0))
        # Of the quadratic's two forms the one that holds for the smallest slopes, and for none.
        return 2 * number / (self.first + root)


def seconds(shape: Sequence[Stretch]) -> float:
    """How long the whole shape takes."""
    return sum(stretch.seconds for stretch in shape)


def count(shape: Sequence[Stretch]) -> int:
    """How many fall due in the whole shape."""
    return sum(1 for _ in due(shape))


def rate(shape: Sequence[Stretch], at_s: float) -> float:
    """The rate (a second) at this second of the shape; 0 after its end."""
    for stretch in shape:
        if at_s < stretch.seconds:
            return stretch.first + (stretch.last - stretch.first) * at_s / stretch.seconds
        at_s -= stretch.seconds
    return 0.0


def due(shape: Sequence[Stretch]) -> Iterator[float]:
    """The seconds at which each one is due, from the start of the shape, evenly spread."""
    began, behind = 0.0, 0.0
    for stretch in shape:
        number = 1 - behind
        while number <= stretch.total:
            yield began + stretch.at(number)
            number += 1
        behind = stretch.total - (number - 1)
        began += stretch.seconds
