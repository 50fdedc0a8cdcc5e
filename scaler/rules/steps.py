"""The order of the steps: each takes a count, and the numbers, and returns a count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scaler.rules.arrays import Floats, Numbers
from scaler.rules.bounds import bounded
from scaler.rules.combine import combined
from scaler.rules.cooldown import cooled
from scaler.rules.override import overridden
from scaler.rules.placement import placed
from scaler.rules.quota import inside_quota
from scaler.rules.rate import limited
from scaler.rules.rollout import held
from scaler.rules.schedule import scheduled
from scaler.rules.stabilization import stabilized
from scaler.rules.tolerance import tolerated

Step = Callable[[Floats, Numbers], Floats]


def present(count: Floats, numbers: Numbers) -> Floats:
    """The count before anything: `desired`."""
    return numbers["desired"]


def wanted(count: Floats, numbers: Numbers) -> Floats:
    """The highest proposal of a signal, or the count where none is known."""
    return np.where(np.isnan(numbers["wanted"]), count, numbers["wanted"])


def known(count: Floats, numbers: Numbers) -> Floats:
    """The count: that a reading is unknown moves nothing by itself."""
    return count


ORDER: tuple[tuple[str, Step], ...] = (
    ("desired", present),
    ("freshness", known),
    ("proposal", wanted),
    ("combine", combined),
    ("tolerance", tolerated),
    ("stabilization", stabilized),
    ("rate", limited),
    ("cooldown", cooled),
    ("schedule", scheduled),
    ("override", overridden),
    ("bounds", bounded),
    ("placement", placed),
    ("quota", inside_quota),
    ("rollout", held),
)
"""scaling.md, section 5. A name is also the column of its count; the first is the count before."""
STEPS: tuple[str, ...] = tuple(name for name, _ in ORDER)


def walked(numbers: Numbers, names: tuple[str, ...], count: Floats) -> list[Floats]:
    """The counts (n,) after each step of `names`, from `count` on."""
    steps, counts = dict(ORDER), []
    for name in names:
        count = steps[name](count, numbers)
        counts.append(count)
    return counts
