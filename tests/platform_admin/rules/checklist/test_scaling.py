from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.rules.checklist.answer import Place
from platform_admin.rules.checklist.facts import Policy
from platform_admin.rules.checklist.scaling import scaling
from platform_admin.rules.quota import Use
from tests.platform_admin.rules.checklist.made import GOOD, with_web


def test_the_evidence_names_bounds_and_mode_and_what_all_of_them_take() -> None:
    found = scaling(with_web(policy=Policy(mode="shadow", minimum=2, maximum=6)))

    assert found.word == "yes"
    assert found.evidence == (
        "api 1 to 4 (on), web 2 to 6 (shadow: only recorded), worker 1 to 4 (on)."
        " All at their maximum are 14 instances, and the quota has room for 19."
    )


def test_maxima_that_do_not_fit_at_once_are_said_and_are_no_fault() -> None:
    found = scaling(replace(GOOD, limits=Use(8, 4000, 4096)))

    assert found.word == "yes"
    assert "12 instances, but the quota has room for 7" in found.evidence


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(mode="off"), "web is scaled by hand only"),
        (Policy(mode="on", paused=True), "web has its scaling paused"),
        (Policy(mode="on", follows=False), "web follows nothing"),
        (Policy(mode="on", minimum=0), "web may go to 0 instances"),
        (Policy(mode="on", minimum=2, maximum=2), "web stays at 2"),
        (
            Policy(mode="on", maximum=18),
            "web at its maximum of 18 takes 18 instances, but the quota has 17 left for it",
        ),
    ],
)
def test_a_rule_that_is_missing_is_named(policy: Policy, said: str) -> None:
    found = scaling(with_web(policy=policy))

    assert found.word == "no"
    assert said in found.evidence
    assert found.where == (Place("service_scaling", "web"),)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Use(20, 600, 4096), "400 MHz of CPU, but the quota has 300 left for it"),
        (Use(20, 4000, 800), "512 MB of memory, but the quota has 480 left for it"),
    ],
)
def test_room_is_looked_for_in_every_figure(limits: Use, said: str) -> None:
    assert said in scaling(replace(GOOD, limits=limits)).evidence
