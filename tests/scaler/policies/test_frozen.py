from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from scaler.policies import web
from scaler.policies.frozen import frozen, thawed
from scaler.policies.readings import Floats
from tests.scaler.policies.seen import edge, followed

RATES = np.abs(np.random.default_rng(5).normal(400.0, 150.0, (40, 2)))


@dataclass(frozen=True)
class Other:
    at: float = 0.0
    numbers: dict[str, Floats] = field(default_factory=dict)


def test_a_state_that_was_kept_goes_on_as_if_it_had_not_been() -> None:
    _, state, _ = followed(RATES, np.array([5, 6]))
    kept = thawed(frozen(state), web.begun(np.empty(0, np.int64)))
    assert kept is not None
    went_on, _, _ = web.step(state, edge([500.0, 700.0], 9), 410.0)
    came_back, _, _ = web.step(kept, edge([500.0, 700.0], 9), 410.0)
    assert came_back.tolist() == went_on.tolist()


def test_numbers_by_name_come_back_too() -> None:
    kept = thawed(frozen(Other(3.5, {"holds": np.array([1.0, np.nan])})), Other())
    assert kept is not None
    assert kept.at == 3.5
    assert np.array_equal(kept.numbers["holds"], [1.0, np.nan], equal_nan=True)


@pytest.mark.parametrize("stored", [b"", b"x", frozen(Other())[:-4], frozen(Other())])
def test_what_is_of_another_shape_is_nothing(stored: bytes) -> None:
    assert thawed(stored, web.begun(np.empty(0, np.int64))) is None


@pytest.mark.parametrize("other", [np.ones((2, 5)), np.ones(2), np.ones((2, 6), np.int64)])
def test_so_is_an_array_of_another_shape_as_of_other_forecasts(other: Floats) -> None:
    state = web.begun(np.array([5, 6]))
    assert state.past.spread.shape == (2, 6)
    older = replace(state, past=replace(state.past, spread=other))
    assert thawed(frozen(older), web.begun(np.empty(0, np.int64))) is None
