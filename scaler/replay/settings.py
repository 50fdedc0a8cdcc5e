"""The constants of the model, as reference figures were measured with them."""

from __future__ import annotations

from dataclasses import dataclass

PRICE_LATE_S = 0.2
READING_S = 10
READINGS_LOST = 0.05
STARTUPS_S = (10, 30, 90)
BOUNDS_S = (0.11, 0.125, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.5, 5.0, 10.2)
"""Upper bounds of the edge's histogram of durations, seconds; a last bucket has none."""


@dataclass(frozen=True)
class WebSettings:
    """A web service: what an instance holds, and when a request is late.

    An instance works on `slots` requests at once, `service_s` seconds each. `maximum` bounds every
    count, and the size of the tables.
    """

    slots: int = 8
    service_s: float = 0.1
    late_s: float = 0.4
    give_up_s: int = 10
    drain_s: int = 10
    minimum: int = 1
    maximum: int = 100
    bounds_s: tuple[float, ...] = BOUNDS_S

    @property
    def rate(self) -> float:
        """Requests a second that one instance can work off."""
        return self.slots / self.service_s


@dataclass(frozen=True)
class WorkerSettings:
    """A worker: one job an instance, first in, first out; late after `late_s` seconds' wait."""

    late_s: float = 60.0
    minimum: int = 1
    maximum: int = 5000
