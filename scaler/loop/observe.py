"""What the rules are told: the sample, and where the services stand."""

from __future__ import annotations

import numpy as np

from scaler.loop.state import State
from scaler.rules.observation import Observation
from scaler.samples.observed import Stands, observed
from scaler.samples.series import aligned
from scaler.samples.ticks import Sample


def observation(sample: Sample, state: State) -> Observation:
    """The observation of the state's services as they were read at the sample."""
    table = aligned(sample.table, sample.services, state.services, np.nan)
    return observed(table, _stands(state), sample.at.timestamp())


def _stands(state: State) -> Stands:
    return Stands(
        metric=state.metric,
        desired=state.desired,
        acknowledged=state.acknowledged,
        acknowledged_at=state.acknowledged_at,
        override_until=state.override_until,
        rolling=~state.live,
        guarded=~np.isnan(state.guard_s),
    )
