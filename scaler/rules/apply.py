"""What is left to do after a decision."""

from __future__ import annotations

import numpy as np

from scaler.rules.arrays import Bools, Floats
from scaler.rules.decide import Decision


def to_store(decision: Decision) -> Bools:
    """Whether `desired` has to be written, (n,): compared with itself, never with what runs."""
    return decision.changes


def to_send(decision: Decision, acknowledged: Floats) -> Bools:
    """Whether the cluster has to be told, (n,): it acknowledged another count, or none.

    `acknowledged` (n,): instances, NaN while the answer to a post is out.
    """
    return np.asarray(~(acknowledged == decision.count))
