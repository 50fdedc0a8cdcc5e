from __future__ import annotations

import numpy as np

from scaler.policies import web
from scaler.policies.lanes import moved
from tests.scaler.policies.seen import edge, followed

RATES = np.abs(np.random.default_rng(3).normal(400.0, 150.0, (30, 2)))


def test_a_service_goes_on_as_before_where_others_come_and_go() -> None:
    wanted, stayed, _ = followed(RATES, np.array([5, 6]))
    _, state, _ = followed(RATES, np.array([5, 6]))
    other = moved(state, np.array([-1, 1]), np.array([3, 6]))
    count = int(wanted[-1][1])
    together, _, _ = web.step(stayed, edge([500.0, 700.0], count), 310.0)
    after, _, _ = web.step(other, edge([500.0, 700.0], count), 310.0)
    assert after[1] == together[1]


def test_a_new_one_is_as_if_it_had_never_been_seen() -> None:
    _, state, _ = followed(RATES, np.array([5, 6]))
    new = moved(state, np.array([-1]), np.array([4]))
    fresh, _, _ = web.step(web.begun(np.array([4])), edge(200.0, 4), 310.0)
    came, _, why = web.step(new, edge(200.0, 4), 310.0)
    assert came.tolist() == fresh.tolist()
    assert why.seen.tolist() == [1.0]
