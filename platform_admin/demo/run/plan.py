"""What the run does, as data: phases, their loads, and the short settings that it needs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platform_admin.demo.load.orders import QUEUE
from platform_admin.demo.load.shape import Stretch

# An order of the load takes this long, in seconds: a worker packs one a second.
PACK_S = 1.0
# Web's latency target and the worker's drain target, in seconds.
LATE_S, DRAIN_S = 0.2, 30
# What of the example takes time and no processor.
TASK = "/task"
# The share of late requests over which a latency target (a 95th percentile) is missed.
LATE_SHARE = 0.05

Shape = tuple[Stretch, ...]


@dataclass(frozen=True)
class Phase:
    """A load: requests and orders a second over time, and what has to hold in its last seconds.

    `queues`: the health check of the example queues behind requests. `held`: the quota is
    expected to hold the worker. A phase that may fail counts apart.
    """

    name: str
    title: str
    requests: Shape
    orders: Shape
    settled_s: float
    queues: bool = False
    held: bool = False
    may_fail: bool = False


@dataclass(frozen=True)
class Bounds:
    """A service's bounds in the run, and what its policy says then."""

    minimum: int
    maximum: int
    policy: Mapping[str, object]


PHASES = (
    Phase(
        "A", "inside the quota: requests and orders grow tenfold",
        (Stretch(15, 12, 12), Stretch(45, 12, 120), Stretch(45, 120, 120)),
        (Stretch(15, 0.4, 0.4), Stretch(45, 0.4, 4), Stretch(45, 4, 4)),
        settled_s=20,
    ),
    Phase(
        "B", "over the quota: both double",
        (Stretch(20, 120, 240), Stretch(60, 240, 240)),
        (Stretch(15, 4, 4), Stretch(20, 4, 8), Stretch(45, 8, 8)),
        settled_s=20, held=True,
    ),
    Phase(
        "C", "a load that fails every health check, because checks queue behind requests",
        (Stretch(10, 12, 12), Stretch(75, 100, 100)),
        (Stretch(85, 0.4, 0.4),),
        settled_s=15, queues=True, may_fail=True,
    ),
)  # fmt: skip

# Beside the instances that web and worker do not have, this many are theirs.
ROOM = 15
# Minutes are too short to learn from: the run shows the fixed rules.
FIXED: Mapping[str, object] = {"mode": "on", "strategy": "fixed", "start_up_s": 10}
WEB: Mapping[str, object] = {**FIXED, "down_window_s": 20}
WORKER: Mapping[str, object] = {**FIXED, "down_window_s": 15}
SHORT: Mapping[str, Bounds] = {
    "web": Bounds(2, 10, {"latency_ms": round(1000 * LATE_S), **WEB}),
    "worker": Bounds(1, 10, {"queue": QUEUE, "drain_s": DRAIN_S, **WORKER}),
}
