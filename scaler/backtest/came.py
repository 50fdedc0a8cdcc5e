"""What came of a policy over a past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from scaler.backtest.stretches import Stretches
from scaler.replay.outcome import Outcome
from scaler.rules.arrays import Floats


@dataclass(frozen=True)
class Came:
    """Requests (jobs) and the late ones of them, instance-seconds billed, changes of the count.

    `track` (k,): the count that was ready at the end of each reading.
    """

    requests: float
    late: float
    instance_s: float
    changes: int
    track: Floats

    @property
    def late_share(self) -> float:
        """Late ones of all, 0 to 1."""
        return self.late / self.requests if self.requests else 0.0

    def cost(self, price: float) -> float:
        """J: instance-seconds, and `price` of them for each late one."""
        return self.instance_s + price * self.late


def together(outcomes: Sequence[Outcome], parts: Stretches) -> Came:
    """What came of all stretches, one after the other."""
    tracks = [each.track[parts.warm :] for each in outcomes]
    between = sum(int(one[-1] != other[0]) for one, other in pairwise(tracks))
    return Came(
        requests=sum(each.requests for each in outcomes),
        late=sum(each.late for each in outcomes),
        instance_s=sum(each.instance_s for each in outcomes),
        changes=between + sum(each.changes for each in outcomes),
        track=np.concatenate(tracks).astype(np.float64),
    )
