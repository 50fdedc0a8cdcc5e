"""A past cut into stretches that are run beside each other: each costs what one alone would."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scaler.rules.arrays import Ints

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Stretches:
    """`many` stretches of `length` readings, the first one from reading `first` on.

    Each is run from `warm` readings before its begin.
    """

    first: int
    length: int
    many: int
    warm: int

    @property
    def run(self) -> int:
        """Readings that each is run for."""
        return self.warm + self.length

    @property
    def begins(self) -> Ints:
        """The reading at which each begins, (many,)."""
        return self.first + self.length * np.arange(self.many, dtype=np.int64)

    def of(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """The values (k, ...) of each stretch and what is before it, (many, run, ...).

        Before the first reading that one stands.
        """
        places = self.begins[:, np.newaxis] + np.arange(-self.warm, self.length)
        found: NDArray[Scalar] = values[np.maximum(places, 0)]
        return found

    def beside(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """The readings of all stretches (many, run) one after the other, (many * length,)."""
        return values[:, self.warm :].reshape(-1)


def cut(readings: int, length: int, warm: int) -> Stretches:
    """So many readings in stretches of about that length; the last one ends where they end."""
    many = max(round(readings / length), 1)
    each = readings // many
    return Stretches(readings - many * each, each, many, warm)
