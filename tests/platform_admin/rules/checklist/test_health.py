from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.health import LONGEST_START_S, health
from tests.platform_admin.rules.checklist.made import GOOD, WEB, WORKER, drafted, with_web

SETTINGS = Place("service_settings", "web")


def test_each_path_is_named_and_workers_are_counted_apart() -> None:
    assert health(GOOD).evidence == (
        "Checked every 2 s: api at /health, web at /health; 1 worker without a port, watched for"
        " restarts."
    )


@pytest.mark.parametrize(
    ("facts", "said", "where"),
    [
        (
            drafted(health_path=None),
            "web has no health check path: only its port is tried",
            SETTINGS,
        ),
        (
            with_web(live=replace(WEB.doc, health_path=None)),
            "web runs without a health check path until the draft is deployed",
            Place("plan"),
        ),
        (
            with_web(start_up_s=70.0),
            "has 120 s to start and took 70 s lately: allow twice that",
            SETTINGS,
        ),
        (drafted(start_limit_s=LONGEST_START_S + 1), "web has 901 s to start", SETTINGS),
    ],
)
def test_what_is_not_checked_well_is_named(facts: Facts, said: str, where: Place) -> None:
    found = health(facts)

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (where,)


@pytest.mark.parametrize(
    "facts",
    [
        with_web(start_up_s=60.0),
        with_web(start_up_s=None),
        drafted(start_limit_s=LONGEST_START_S),
        replace(GOOD, services=(WORKER,)),
        with_web(live=None),
    ],
)
def test_what_has_time_enough_is_well(facts: Facts) -> None:
    assert health(facts).word == "yes"
