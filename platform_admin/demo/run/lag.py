"""From the moment when web misses its target to the scale request, and to healthy. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from platform_admin.demo.load.tally import SLOT_S, Slot, share_over
from platform_admin.demo.run.plan import LATE_SHARE
from platform_admin.demo.run.report import Count, Decision

Lag = tuple[float | None, float | None]


def breach(
    slots: Sequence[Slot], began: datetime, *, late_s: float, interval_s: float
) -> datetime | None:
    """When more than LATE_SHARE of the last interval's requests were late for the first time.

    A request is late when its target has passed without an answer, so that is when it shows.
    """
    width = max(1, round(interval_s / SLOT_S))
    for place, slot in enumerate(slots):
        share = share_over(slots[max(0, place + 1 - width) : place + 1])
        if share is not None and share > LATE_SHARE:
            return began + timedelta(seconds=slot.at + SLOT_S + late_s)
    return None


def lag(at: datetime | None, changes: Sequence[Decision], counts: Sequence[Count]) -> Lag:
    """Seconds from the breach to the request for more instances, and until they are healthy.

    The request counts as 0 s where instances that were asked for before are still starting. The
    changes and counts are those of the service, in order. None: it never came.
    """
    if at is None:
        return None, None
    before = [count for count in counts if count.time <= at]
    if before and before[-1].healthy < before[-1].desired:
        asked, wanted = at, before[-1].desired
    else:
        ups = [each for each in changes if each.time >= at and each.after > each.before]
        if not ups:
            return None, None
        asked, wanted = ups[0].time, ups[0].after
    healthy = [each.time for each in counts if each.time >= asked and each.healthy >= wanted]
    to_healthy = (healthy[0] - at).total_seconds() if healthy else None
    return (asked - at).total_seconds(), to_healthy
