"""What is left to do after a decision. The cluster is told by `jobs.deploy.apply`."""

from __future__ import annotations

from scaler.rules.arrays import Bools
from scaler.rules.decide import Decision


def to_store(decision: Decision) -> Bools:
    """Whether `desired` has to be written, (n,): compared with itself, never with what runs."""
    return decision.changes
