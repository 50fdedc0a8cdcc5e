"""Who may be followed: every forecast, with every margin, kept for every time."""

from __future__ import annotations

from itertools import product

import numpy as np

FORECASTS: tuple[tuple[str, str], ...] = (
    ("last", "the last reading"),
    ("half", "the last reading and ten minutes, half each"),
    ("mean", "the mean of five minutes"),
    ("steep", "the growth of three readings carried on"),
    ("steady", "the growth of a minute carried on"),
    ("daily", "a minute's mean, moving as it did at this time yesterday"),
)
"""Name, and words for it. What each is worth stands in `forecasts.py`, in this order."""
SPARE = 0.1
"""Of an instance, beside every forecast: at its very limit M/M/c makes everybody wait."""
MARGINS: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0)
"""Head room, in root mean squares of the forecast's own error."""
KEEPS_S: tuple[int, ...] = (0, 120, 360)
"""Seconds that a count is kept after its last need; 0 is start-up + drain, the bound below.

Whoever keeps an instance for what a new one costs never pays more than twice the optimum's
start-ups and idling: ski rental (Karlin, Manasse, Rudolph, Sleator: Competitive snoopy caching).
"""

EXPERTS: tuple[tuple[int, int, int], ...] = tuple(
    product(range(len(FORECASTS)), range(len(MARGINS)), range(len(KEEPS_S)))
)
"""Places in the three lists; the last one changes first, as arrays are laid out."""
WANTS = len(FORECASTS) * len(MARGINS)
"""Experts that keep nothing: what is wanted, before it is kept."""
REACTIVE = EXPERTS.index((0, 2, 1))
"""Followed until there is enough history: the last reading, two errors, two minutes."""

MARGIN = np.array(MARGINS, np.float32)


def named(expert: int) -> str:
    """The expert in words: `the mean of five minutes, 2 errors of head room, kept for 120 s`."""
    forecast, margin, keep = EXPERTS[expert]
    errors = "1 error" if MARGINS[margin] == 1 else f"{MARGINS[margin]:g} errors"
    kept = f"{KEEPS_S[keep]} s" if KEEPS_S[keep] else "as long as a new instance costs"
    return f"{FORECASTS[forecast][1]}, {errors} of head room, kept for {kept}"
