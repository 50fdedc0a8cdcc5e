"""How far down each part stands: below everything that calls it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def layers(parts: Iterable[str], calls: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """The layer of each part, 0 for one that nobody calls, else one below its lowest caller.

    `calls` says by caller whom it calls. Where parts call one another in a circle, the call that
    closes it, in the order of `parts`, points up and counts for nothing.
    """
    order = _callers_first(parts, calls)
    below = dict.fromkeys(order, 0)
    place = {name: at for at, name in enumerate(order)}
    for name in order:
        for called in calls.get(name, ()):
            if called in place and place[called] > place[name]:
                below[called] = max(below[called], below[name] + 1)
    return below


def _callers_first(parts: Iterable[str], calls: Mapping[str, Iterable[str]]) -> list[str]:
    """All parts, each before those it calls, but for calls that close a circle."""
    parts = list(parts)
    ended: list[str] = []
    seen: set[str] = set()

    def visit(name: str) -> None:
        seen.add(name)
        for called in calls.get(name, ()):
            if called not in seen and called in known:
                visit(called)
        ended.append(name)

    known = set(parts)
    for name in parts:
        if name not in seen:
            visit(name)
    return ended[::-1]
