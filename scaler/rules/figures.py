"""Numbers as a sentence says them, with their units."""

from __future__ import annotations


def seconds(value: float) -> str:
    """A duration: `84 ms`, `1.4 s`, `45 s`, `5 min`."""
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{plain(value)} s"
    if value < 119.5:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min"


def waited(value: float) -> str:
    """A duration that passes on a clock: whole seconds, then minutes."""
    return f"{value:.0f} s" if value < 599.5 else f"{value / 60:.0f} min"


def plain(value: float) -> str:
    """A number with one decimal where it has one and is small; one digit where it is tiny."""
    if 0 < abs(value) < 0.095:
        return f"{value:.1g}"
    return f"{value:.1f}".removesuffix(".0") if abs(value) < 99.95 else f"{value:.0f}"


def counted(value: float, one: str, many: str) -> str:
    """`1 job`, `12 jobs`."""
    return f"{plain(value)} {one if plain(value) == '1' else many}"


def requests(rate: float) -> str:
    """`120 requests/s`."""
    return counted(rate, "request/s", "requests/s")


def percent(share: float) -> str:
    """`10 %`."""
    return f"{plain(share * 100)} %"
