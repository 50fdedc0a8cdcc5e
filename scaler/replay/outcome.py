"""What came of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Outcome:
    """The scored part of one lane's run.

    `late` counts requests (jobs) over the target, those that gave up among them. `instance_s` are
    billed seconds: starting, ready and draining. `track` is the ready count at the end of each
    reading, from the beginning of the run, scored or not.
    """

    requests: float
    late: float
    gave_up: float
    instance_s: float
    changes: int
    scored_s: int
    track: NDArray[np.uint16]

    @property
    def late_share(self) -> float:
        """Late ones of all, 0 to 1."""
        return self.late / self.requests if self.requests else 0.0

    def cost(self, price: float) -> float:
        """J: instance-seconds, and `price` of them for each late one."""
        return self.instance_s + price * self.late
