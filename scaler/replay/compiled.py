"""How a loop over seconds becomes machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The function as machine code, kept on disk beside its file.

    A compiled function is looked up again only when its own file changes: what calls each other
    stands in one file.
    """
    return cast(F, numba.njit(cache=True, error_model="numpy")(function))
