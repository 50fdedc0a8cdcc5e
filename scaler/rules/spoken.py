"""What the policies that learn want, in the terms of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from scaler.rules.arrays import Bools, Floats, Ints
from scaler.rules.worker import Wanted


@dataclass(frozen=True)
class Spoken:
    """Counts of n services, NaN where nobody spoke, or nothing is known; and the numbers of why.

    `sure`: whether the count may be lower than what there is. All (n,).
    """

    count: Floats
    sure: Bools
    numbers: Mapping[str, Floats]

    def instead_of(self, rule: Wanted, learns: Bools) -> Wanted:
        """The rule's proposal, and of those services that learn what was spoken."""
        return Wanted(
            np.where(learns, self.count, rule.count), np.where(learns, self.sure, rule.sure)
        )


def silence(services: int) -> Spoken:
    """What is said of so many services of which none learns."""
    return Spoken(np.full(services, np.nan), np.zeros(services, np.bool_), {})


def together(first: Spoken, second: Spoken) -> Spoken:
    """Both of the same services: the second's where it speaks, else the first's."""
    speaks = ~np.isnan(second.count)
    return Spoken(
        np.where(speaks, second.count, first.count),
        np.where(speaks, second.sure, first.sure),
        _both(first.numbers, second.numbers),
    )


def _both(first: Mapping[str, Floats], second: Mapping[str, Floats]) -> dict[str, Floats]:
    """The numbers of both: the second's where it has any, else the first's."""
    found = dict(first)
    for name, column in second.items():
        found[name] = np.where(np.isnan(column), first.get(name, column), column)
    return found


def placed(spoken: Spoken, places: Ints, services: int) -> Spoken:
    """What was said of the services at these places, of `services` in all."""
    found = silence(services)
    found.count[places], found.sure[places] = spoken.count, spoken.sure
    numbers = {}
    for name, column in spoken.numbers.items():
        numbers[name] = np.full(services, np.nan)
        numbers[name][places] = column
    return replace(found, numbers=numbers)
