"""The state of services that come and go: the same lanes in another order, and new ones."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from scaler.policies import web
from scaler.policies.readings import Ints
from scaler.policies.web import WebState

SECOND_AXIS = ("promised", "rows")
"""Arrays whose first axis is time."""
OF_NO_LANE = ("begins", "depths")
"""What a ladder says of itself."""


def moved(state: WebState, were: Ints, counts: Ints) -> WebState:
    """The state of n services: lane i was `were[i]` (n,), or is new with `counts[i]` instances.

    -1 is new. What is remembered of a lane that is not among them is forgotten.
    """
    fresh = web.begun(counts)
    past = replace(fresh.past, slot=state.past.slot, finished_slot=state.past.finished_slot)
    fresh = replace(fresh, tick=state.tick, past=past)
    kept: WebState = _filled(fresh, state, np.flatnonzero(were >= 0), were[were >= 0])
    return kept


def _filled(fresh: Any, state: Any, to: Ints, come_from: Ints) -> Any:
    """`fresh`, with the lanes `to` of all its arrays from the lanes `come_from` of `state`.

    Both are the same dataclass, of arrays and of dataclasses like that.
    """
    found: dict[str, Any] = {}
    for field in fields(fresh):
        new, old = getattr(fresh, field.name), getattr(state, field.name)
        if is_dataclass(new):
            found[field.name] = _filled(new, old, to, come_from)
        elif isinstance(new, np.ndarray) and field.name not in OF_NO_LANE:
            lanes = (slice(None), to) if field.name in SECOND_AXIS else to
            sources = (slice(None), come_from) if field.name in SECOND_AXIS else come_from
            found[field.name] = new.copy()
            found[field.name][lanes] = old[sources]
    return replace(fresh, **found)
