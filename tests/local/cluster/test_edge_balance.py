from __future__ import annotations

from collections import Counter

import pytest

from local.cluster.edge.balance import Balance
from local.cluster.edge.config import Service

ADDRESSES = ("http://a", "http://b", "http://c")


def choices(services: dict[str, Service], name: str, count: int) -> Counter[str | None]:
    balance = Balance()
    return Counter(balance.choose(services, name)[1] for _ in range(count))


@pytest.mark.parametrize(("green", "blue"), [(1, 99), (20, 80), (50, 50), (100, 0)])
def test_weights_are_kept_exactly(green: int, blue: int) -> None:
    services = {
        "a@consul": Service("a@consul", children=(("g@consul", green), ("b@consul", blue))),
        "g@consul": Service("g@consul", ("http://g",)),
        "b@consul": Service("b@consul", ("http://b",)),
    }
    found = choices(services, "a@consul", 1000)
    assert (found["http://g"], found["http://b"]) == (10 * green, 10 * blue)


def test_equal_weights_take_turns() -> None:
    services = {
        "a": Service("a", children=(("g@consul", 1), ("b@consul", 1))),
        "g@consul": Service("g@consul", ("http://g",)),
        "b@consul": Service("b@consul", ("http://b",)),
    }
    balance = Balance()
    found = [balance.choose(services, "a")[1] for _ in range(6)]
    assert found[0] != found[1]
    assert found == [*found[:2]] * 3


def test_servers_take_turns_without_a_strategy() -> None:
    found = choices({"a": Service("a", ADDRESSES)}, "a", 30)
    assert found == dict.fromkeys(ADDRESSES, 10)


def test_p2c_takes_the_less_busy_of_two() -> None:
    balance, services = Balance(), {"a": Service("a", ADDRESSES[:2], "p2c")}
    with balance.busy("http://a"):
        assert {balance.choose(services, "a")[1] for _ in range(30)} == {"http://b"}
        with balance.busy("http://b"), balance.busy("http://b"):
            assert {balance.choose(services, "a")[1] for _ in range(30)} == {"http://a"}
    assert balance.in_flight() == 0


def test_p2c_uses_all_servers() -> None:
    assert set(choices({"a": Service("a", ADDRESSES, "p2c")}, "a", 200)) == set(ADDRESSES)


@pytest.mark.parametrize("strategy", ["p2c", "wrr"])
def test_a_server_that_was_tried_is_taken_only_when_there_is_no_other(strategy: str) -> None:
    balance, services = Balance(), {"a": Service("a", ADDRESSES[:2], strategy)}
    found = {balance.choose(services, "a", ["http://a"])[1] for _ in range(20)}
    assert found == {"http://b"}
    assert balance.choose(services, "a", ADDRESSES)[1] in ADDRESSES[:2]


def test_no_server_is_no_address() -> None:
    services = {"a": Service("a"), "w": Service("w", children=(("a", 0),))}
    assert Balance().choose(services, "a") == ("a", None)
    assert Balance().choose(services, "w") == ("w", None)
