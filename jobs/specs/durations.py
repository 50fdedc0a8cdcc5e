from __future__ import annotations

NANOSECONDS = 10**9
MINUTE_S = 60
HOUR_S = 3600


def seconds(count: int) -> int:
    """The duration in nanoseconds, as Nomad's JSON wants it."""
    return count * NANOSECONDS
