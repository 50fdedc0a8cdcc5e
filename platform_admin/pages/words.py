"""How pages say numbers and times in words."""

from __future__ import annotations

from datetime import datetime

SKEW_S = 3


def age(moment: datetime, now: datetime) -> str:
    """How long ago, or in how long, in the largest unit that is not 0: "3 h ago", "in 14 min"."""
    seconds = int((now - moment).total_seconds())
    # Clocks of two machines differ a little: what just happened is not still to come.
    if seconds > -SKEW_S:
        return f"{_largest(max(0, seconds))} ago"
    return f"in {_largest(-seconds)}"


def _largest(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: "0.4 s", "12 s", "1 min 4 s", "2 h 5 min"."""
    if seconds < 10:
        return f"{max(0.0, seconds):.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 change", "3 changes"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def size(bytes_: int) -> str:
    """Bytes as people read them: "812 B", "4.2 KB", "12.0 MB"."""
    if bytes_ < 1000:
        return f"{bytes_} B"
    if bytes_ < 1_000_000:
        return f"{bytes_ / 1000:.1f} KB"
    return f"{bytes_ / 1_000_000:.1f} MB"
