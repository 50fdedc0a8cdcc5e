"""Services whose edges are to say nothing for a while: unknown, not zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scaler.rules.arrays import Ints
from scaler.samples.series import SERIES, Row
from scaler.sources.edge import COUNTED

_OF_THE_EDGE = [SERIES.index(name) for name in (*COUNTED, "open", "edge_age_s")]


def hush(table: Row, services: Ints, silent: Sequence[int]) -> None:
    """Nothing; of the silent services nothing from the edge stands in the table any more."""
    places = np.isin(services, silent)
    for series in _OF_THE_EDGE:
        table[series, places] = np.nan
