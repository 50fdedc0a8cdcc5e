"""How closely supply followed demand, by the elasticity metrics of the SPEC RG Cloud group.

N. Herbst et al., "Ready for Rain? A View from SPEC Research on the Future of Cloud Metrics",
SPEC-RG-2016-01, section on elasticity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scaler.replay.seen import Ints
from scaler.replay.settings import READING_S

CHANGES_EVERY_S = 60


@dataclass(frozen=True)
class Elasticity:
    """Shares from 0 up: what was missing and too much of the demand, how long, and instability.

    Instability is the share of time in which supply and demand move in different directions.
    """

    under_accuracy: float
    over_accuracy: float
    under_time: float
    over_time: float
    instability: float


def elasticity(demand: Ints, supply: Ints) -> Elasticity:
    """The figures of two series of counts, one value a reading each, as long as the shorter one.

    Demand is at least 1.
    """
    length = min(len(demand), len(supply))
    demand, supply = demand[:length], supply[:length]
    missing = np.maximum(demand - supply, 0)
    spare = np.maximum(supply - demand, 0)
    every = CHANGES_EVERY_S // READING_S
    moves = np.sign(np.diff(supply[::every])) != np.sign(np.diff(demand[::every]))
    return Elasticity(
        under_accuracy=float((missing / demand).mean()),
        over_accuracy=float((spare / demand).mean()),
        under_time=float((missing > 0).mean()),
        over_time=float((spare > 0).mean()),
        instability=float(moves.mean()) if moves.size else 0.0,
    )
