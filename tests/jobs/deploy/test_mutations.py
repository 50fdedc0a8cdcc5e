"""Every invariant can fail: the machine without one of its rules is found out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import Phase

from tests.jobs.deploy import test_model
from tests.jobs.deploy.interrupted import ends, live_world
from tests.jobs.deploy.invariants import Violated
from tests.jobs.deploy.mutations import INTERRUPTED, RANDOM, Mutation

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]


@pytest.fixture(autouse=True)
def _fresh_world() -> Iterator[None]:
    live_world.cache_clear()
    yield
    live_world.cache_clear()


@pytest.mark.parametrize("mutation", INTERRUPTED, ids=lambda each: each.__name__)
def test_an_interrupted_release_finds_out(
    mutation: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    way, kind, names = INTERRUPTED[mutation]
    mutation(monkeypatch)
    with pytest.raises(Violated) as violated:
        ends(way, 3, kind)
    assert violated.value.name in names


@pytest.mark.parametrize("mutation", RANDOM, ids=lambda each: each.__name__)
def test_random_runs_find_out(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    mutation(monkeypatch)
    with pytest.raises(Violated) as violated:
        test_model.run(400, 60, phases=(Phase.generate,))
    assert violated.value.name in RANDOM[mutation]
