from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Known
from platform_admin.rules.checklist.resources import resources
from tests.platform_admin.rules.checklist.made import CACHE, GOOD

SILENT = Known("silent", "Last seen 4 min ago: the observer does not write.")


def test_one_that_runs_is_named_with_its_port() -> None:
    found = resources(GOOD)

    assert (found.word, found.evidence) == ("yes", "cache (redis, port 15000) is healthy.")


def test_where_none_is_asked_for_nothing_is_missing() -> None:
    assert resources(replace(GOOD, resources=())).word == "yes"


@pytest.mark.parametrize(
    ("changes", "said", "where"),
    [
        ({"healthy": False}, "cache was deployed, but no healthy", Place("resource", "cache")),
        ({"placed": False, "healthy": False}, "cache is only in the draft", Place("plan")),
    ],
)
def test_one_that_does_not_run_is_named(changes: dict[str, bool], said: str, where: Place) -> None:
    found = resources(replace(GOOD, resources=(replace(CACHE, **changes),)))  # type: ignore[arg-type]

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (where,)


@pytest.mark.parametrize("healthy", [True, False])
def test_while_nobody_looks_it_is_not_known_whatever_was_seen_last(healthy: bool) -> None:
    seen = (replace(CACHE, healthy=healthy),)

    found = resources(replace(GOOD, resources=seen, observed=SILENT))

    assert found.word == "not yet known"
    assert "Last seen 4 min ago" in found.evidence
    assert found.where == (Place("status"),)
