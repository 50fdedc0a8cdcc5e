"""No half state is worse than the one before: from every position to every other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from jobs.consul import Entry, Operation
from jobs.edge import common_tree, tree
from jobs.edge.differs import thing_of
from jobs.edge.routes import ROOT, ServiceRoutes
from jobs.edge.steps import batches, steps
from tests.jobs.edge.cases import CASES, Case

Keys = dict[str, str]
URL = "http://127.0.0.1:8000"


def keys_of(service: ServiceRoutes) -> Keys:
    return common_tree() | tree(service, muster_url=URL)


POSITIONS: dict[str, Keys] = {
    **{case.name: keys_of(case.routes()) for case in CASES},
    "private": keys_of(Case("", {}, live="blue").routes("private")),
    "off": common_tree(),
    "emptied": {},
}


def entries(keys: Keys) -> dict[str, Entry]:
    return {key: Entry(value, 1) for key, value in keys.items()}


def passing(old: Keys, new: Keys) -> Iterator[Keys]:
    """The keys after each step on the way from `old` to `new`."""
    keys = dict(old)
    for step in steps(entries(old), new):
        for operation in step:
            apply(keys, operation)
        yield dict(keys)


def apply(keys: Keys, operation: Operation) -> None:
    if operation.verb == "delete":
        del keys[operation.key]
    else:
        keys[operation.key] = str(operation.value)


def things(keys: Mapping[str, str]) -> dict[str, Keys]:
    found: dict[str, Keys] = {}
    for key, value in keys.items():
        found.setdefault(thing_of(key), {})[key] = value
    return found


def named(thing: Keys) -> Iterator[str]:
    """What a router names of this tree."""
    for key, value in thing.items():
        if "/middlewares/" in key.removeprefix(f"{ROOT}/middlewares"):
            yield f"{ROOT}/middlewares/{value}"
        if key.endswith("/service") and "@" not in value:
            yield f"{ROOT}/services/{value}"


def tops(keys: Keys) -> dict[str, str]:
    """For each rule, what the router of the highest priority leads to."""
    found: dict[str, tuple[int, str]] = {}
    for name, thing in things(keys).items():
        if name.startswith(f"{ROOT}/routers/"):
            rule, priority = thing[f"{name}/rule"], int(thing[f"{name}/priority"])
            found[rule] = max(found.get(rule, (0, "")), (priority, thing[f"{name}/service"]))
    return {rule: service for rule, (_, service) in found.items()}


def answers(keys: Keys, rule: str) -> set[str]:
    """Who may answer a rule while every colour has instances: the children of a share are two."""
    service = tops(keys).get(rule)
    if service is None:
        return set()
    base = f"{ROOT}/services/{service}/weighted/services/"
    children = {v for k, v in keys.items() if k.startswith(base) and k.endswith("/name")}
    return children or {service}


@pytest.mark.full
@pytest.mark.parametrize("old", POSITIONS)
def test_every_half_state_is_whole_and_sound(old: str) -> None:
    before = POSITIONS[old]
    for new, after in POSITIONS.items():
        keys = before
        for keys in passing(before, after):
            for name, thing in things(keys).items():
                assert thing in (things(before).get(name), things(after).get(name)), (new, name)
                for other in named(thing):
                    assert other in things(keys), f"to {new}: {name} names {other}"
            for rule in tops(keys):
                allowed = answers(before, rule) | answers(after, rule)
                assert answers(keys, rule) <= allowed, new
        assert keys == after, new


@pytest.mark.parametrize("old", POSITIONS)
def test_a_rule_that_is_answered_before_and_after_is_answered_in_between(old: str) -> None:
    before = POSITIONS[old]
    for new, after in POSITIONS.items():
        both = tops(before).keys() & tops(after).keys()
        for keys in passing(before, after):
            assert both <= tops(keys).keys(), new


def test_an_emptied_consul_answers_from_the_instances_before_the_fallback_comes() -> None:
    first = next(each for each in passing({}, POSITIONS["at_rest"]) if tops(each))
    assert set(tops(first).values()) == {"shop-prod-web-blue@consulcatalog"}


@pytest.mark.parametrize("old", POSITIONS)
def test_a_batch_has_room_for_the_version_and_cuts_no_step(old: str) -> None:
    for new, keys in POSITIONS.items():
        todo = steps(entries(POSITIONS[old]), keys)
        packed = batches(todo)
        done = [each for step in todo for each in step]
        assert all(len(each) <= 63 for each in packed), new
        assert [each for batch in packed for each in batch] == done, new
        for batch in packed[1:]:
            assert any(batch[: len(step)] == step for step in todo), new


def test_a_whole_tree_needs_more_than_one_transaction() -> None:
    assert len(batches(steps({}, POSITIONS["sharing"]))) == 2


def test_a_router_that_loses_one_middleware_loses_it_with_its_other_changes() -> None:
    base = f"{ROOT}/routers/a-b-c--live"
    old = {f"{base}/rule": "x", f"{base}/middlewares/0": "m", f"{base}/middlewares/1": "n"}
    new = {f"{base}/rule": "y", f"{base}/middlewares/0": "m"}
    (step,) = steps(entries(old), new)
    assert {(each.verb, each.key) for each in step} == {
        ("set", f"{base}/rule"),
        ("delete", f"{base}/middlewares/1"),
    }


def test_nothing_to_do_is_no_step() -> None:
    assert steps(entries(POSITIONS["sharing"]), POSITIONS["sharing"]) == []
