from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Facts, Known, Policy
from platform_admin.rules.checklist.monitoring import monitoring
from tests.platform_admin.rules.checklist.made import API, GOOD, WORKER, with_web

OLD = Known("silent", "Last measured 3 min ago, so counts stay: look at the workers of scale.")
NEVER = Known("never", "Nothing was measured yet.")


def test_the_evidence_says_when_it_was_seen_and_measured() -> None:
    assert monitoring(GOOD).evidence == (
        "Last seen 3 s ago. Last measured 4 s ago. The load of 3 services is measured, and 30 MB of"
        " each instance's output is kept."
    )


@pytest.mark.parametrize(
    ("facts", "said", "where"),
    [
        (replace(GOOD, sampled=OLD), "Last measured 3 min ago", Place("status")),
        (replace(GOOD, observed=Known("silent", "Last seen 9 min ago.")), "Last seen 9 min", None),
        (
            with_web(measured=False),
            "web: the edge has reported nothing lately",
            Place("service", "web"),
        ),
        (with_web(logs_mb=0), "web: none of its output is kept", Place("service", "web")),
        (
            replace(GOOD, services=(replace(WORKER, measured=False),)),
            "worker: its queue has reported nothing lately",
            Place("service", "worker"),
        ),
        (
            replace(GOOD, services=(replace(WORKER, measured=False, policy=Policy()),)),
            "worker names no queue, so its load is not measured",
            Place("service_scaling", "worker"),
        ),
    ],
)
def test_what_is_silent_is_named(facts: Facts, said: str, where: Place | None) -> None:
    found = monitoring(facts)

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (where or Place("status"),)


def test_a_silent_source_is_said_once_and_not_of_every_service() -> None:
    silent = tuple(replace(each, measured=False) for each in GOOD.services)

    found = monitoring(replace(GOOD, services=silent, sampled=OLD))

    assert found.evidence == f"{OLD.said}"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(GOOD, sampled=NEVER), "Nothing was measured yet."),
        (replace(GOOD, services=(replace(API, live=None),)), "Nothing is live yet"),
    ],
)
def test_what_has_not_begun_is_not_yet_known(facts: Facts, said: str) -> None:
    found = monitoring(facts)

    assert found.word == "not yet known"
    assert said in found.evidence


def test_what_was_never_live_is_not_missed() -> None:
    assert monitoring(with_web(live=None, measured=False, logs_mb=0)).word == "yes"
