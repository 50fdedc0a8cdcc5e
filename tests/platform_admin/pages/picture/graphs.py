"""Any parts that call one another."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = [f"s{number}" for number in range(9)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[str], dict[str, list[str]]]:
    """Parts, and whom each of them calls; circles too."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    pairs = draw(st.sets(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=14))
    calls: dict[str, list[str]] = {}
    for caller, called in sorted(pairs):
        if caller != called:
            calls.setdefault(caller, []).append(called)
    return names, calls


def in_layers(layers: dict[str, int]) -> list[list[str]]:
    """The names of each layer, from above."""
    deep = max(layers.values()) + 1
    return [[name for name in layers if layers[name] == layer] for layer in range(deep)]
