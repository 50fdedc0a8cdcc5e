"""How likely a request waits where capacity suffices."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

GRID = 1000


@cache
def erlang_c(instances: int, slots: int) -> NDArray[np.float64]:
    """The probability to wait in M/M/c, shape (instances + 1, GRID + 1).

    Row n is for n instances of `slots` slots, column k for a utilisation of k / GRID. Erlang's C by
    the recursion of his B: B(0) = 1, B(c) = A B(c-1) / (c + A B(c-1)), C = B / (1 - u (1 - B)).
    """
    used = np.linspace(0.0, 1.0, GRID + 1)
    table = np.ones((instances + 1, GRID + 1))
    for count in range(1, instances + 1):
        load = used * count * slots
        blocked = np.ones_like(used)
        for servers in range(1, count * slots + 1):
            blocked = load * blocked / (servers + load * blocked)
        table[count] = blocked / (1.0 - used * (1.0 - blocked))
    return table
