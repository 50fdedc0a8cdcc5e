"""What the benchmark knows of a policy: a name, and how to make it for a kind of service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from scaler.replay.policy import Policy
from scaler.replay.seen import Floats, Ints

Value = float | str
Setting = Mapping[str, Value]
GRID_LIMIT = 24


@dataclass(frozen=True)
class Facts:
    """What may be known of a run beforehand; only a static count uses the peak, in hindsight.

    `peak` is the count that the busiest moment needs, `startups_s` has the shape (lanes,).
    """

    peak: int
    startups_s: Ints


Make = Callable[[Sequence[Setting], Facts], Policy[Any]]


@dataclass(frozen=True)
class Family:
    """A policy for one kind of service: its default, what to try in hindsight, how to make it.

    `make` takes a setting a lane.
    """

    default: Setting
    grid: tuple[Setting, ...]
    make: Make


@dataclass(frozen=True)
class Entry:
    """A policy as the report names it, with a family for each kind; `own` is Muster's."""

    name: str
    title: str
    families: Mapping[str, Family]
    own: bool = False


def grid(**values: Sequence[Value]) -> tuple[Setting, ...]:
    """Every combination of these values."""
    settings = tuple(dict(zip(values, row, strict=True)) for row in product(*values.values()))
    assert len(settings) <= GRID_LIMIT, f"{len(settings)} points, at most {GRID_LIMIT}"
    return settings


def column(settings: Sequence[Setting], key: str) -> Floats:
    """One value of every lane's setting, shape (lanes,)."""
    return np.array([float(setting[key]) for setting in settings])


def chosen(
    settings: Sequence[Setting], key: str, value: str
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The lanes whose setting has this word, shape (lanes,)."""
    return np.array([setting[key] == value for setting in settings])
