"""Trying again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.attempts import Patience, pause_s, persist
from jobs.errors import Conflict, Unavailable


class Away:
    """A call that fails a number of times, each taking some time of a clock that only it moves."""

    def __init__(self, failures: int, takes_s: float = 0.0) -> None:
        self.failures = failures
        self.takes_s = takes_s
        self.calls = 0
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> str:
        self.calls += 1
        self.now += self.takes_s
        if self.calls <= self.failures:
            raise Unavailable("away", server="nomad")
        return "here"

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def patience(self, attempts: int = 3, budget_s: float = 10.0) -> Patience:
        return Patience(
            attempts, budget_s=budget_s, sleep=self.sleep, clock=lambda: self.now, chance=lambda: 1
        )


def test_it_returns_what_a_later_try_returns() -> None:
    call = Away(failures=2)
    assert persist(call, call.patience()) == "here"
    assert call.pauses == [0.1, 0.2]


def test_it_gives_up_after_the_last_try() -> None:
    call = Away(failures=9)
    with pytest.raises(Unavailable):
        persist(call, call.patience())
    assert call.calls == 3


def test_it_does_not_try_again_once_the_budget_is_spent() -> None:
    call = Away(failures=9, takes_s=10.0)
    with pytest.raises(Unavailable):
        persist(call, call.patience(budget_s=10.0))
    assert (call.calls, call.pauses) == (1, [])


def test_it_never_repeats_what_failed_for_another_reason() -> None:
    calls = []

    def conflict() -> None:
        calls.append(1)
        raise Conflict("stale", server="nomad")

    with pytest.raises(Conflict):
        persist(conflict, Patience(sleep=lambda _: None))
    assert calls == [1]


@given(attempt=st.integers(0, 60), chance=st.floats(0, 1, exclude_max=True))
def test_a_pause_is_full_jitter_below_a_cap(attempt: int, chance: float) -> None:
    patience = Patience(base_s=0.1, cap_s=1.0, chance=lambda: chance)
    pause = pause_s(attempt, patience)
    assert 0 <= pause <= min(1.0, 0.1 * 2**attempt)
    assert pause == pytest.approx(chance * min(1.0, 0.1 * 2**attempt))
