from __future__ import annotations

import pytest
import requests

from jobs.breaker import Breaker
from jobs.errors import Unavailable


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker("nomad", rest_s=3.0, clock=clock)


def call(breaker: Breaker, outcome: object) -> None:
    with breaker.around() as note:
        note(outcome)


def test_after_a_call_that_hung_the_next_ones_fail_at_once(breaker: Breaker, clock: Clock) -> None:
    call(breaker, requests.ReadTimeout())
    clock.now = 2.9
    with pytest.raises(Unavailable, match="nomad did not answer in time"):
        call(breaker, "an answer")


def test_a_refused_connection_opens_nothing(breaker: Breaker) -> None:
    call(breaker, requests.ConnectionError())
    call(breaker, "an answer")


def test_after_its_rest_one_call_tries_while_the_others_still_fail(
    breaker: Breaker, clock: Clock
) -> None:
    call(breaker, requests.ReadTimeout())
    clock.now = 3.0
    with breaker.around() as note:
        with pytest.raises(Unavailable):
            call(breaker, "another's")
        note("an answer")
    call(breaker, "the next one's")


def test_a_try_that_hangs_opens_it_again(breaker: Breaker, clock: Clock) -> None:
    call(breaker, requests.ReadTimeout())
    clock.now = 3.0
    call(breaker, requests.ConnectTimeout())
    clock.now = 5.9
    with pytest.raises(Unavailable):
        call(breaker, "too early")


def test_a_call_that_raises_leaves_it_usable(breaker: Breaker, clock: Clock) -> None:
    call(breaker, requests.ReadTimeout())
    clock.now = 3.0
    with pytest.raises(KeyError), breaker.around():
        raise KeyError
    call(breaker, "an answer")
