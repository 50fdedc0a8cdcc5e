from __future__ import annotations

from dataclasses import replace

import pytest

from platform_admin.demo.load.tally import Requests
from platform_admin.demo.run.plan import PHASES
from platform_admin.demo.run.report import Jobs, Report
from platform_admin.demo.run.verdict import judged
from tests.platform_admin.demo.run.made import HELD, count, decision, good, use

A, B, C = 0, 1, 2


def changed(place: int, **fields: object) -> Report:
    """The good run with other figures in one phase."""
    report = good()
    phases = list(report.phases)
    phases[place] = replace(phases[place], **fields)  # type: ignore[arg-type]
    return replace(report, phases=tuple(phases))


def missed(phase: str, share: str, seconds: int) -> str:
    return (
        f"Phase {phase}: {share} of the requests of the last {seconds} s were late or failed: web"
        " missed its target."
    )


def problems(report: Report) -> list[str]:
    return list(judged(report, PHASES, drain_s=30).problems)


def test_a_run_in_which_all_was_well_is_ok() -> None:
    report = judged(good(), PHASES, drain_s=30)

    assert (report.ok, report.problems) == (True, ())


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            changed(A, requests=Requests(9, failed=1), reasons=("1 status 502",)),
            "Phase A: 1 requests failed (1 status 502).",
        ),
        (
            changed(B, requests=Requests(9, failed=2), reasons=("2 no connection",)),
            "Phase B: 2 requests failed (2 no connection).",
        ),
        (changed(A, jobs=Jobs(9, 8, 0, 1)), "Phase A: 1 of 9 orders were lost."),
        (changed(B, jobs=Jobs(9, 9, 1, 0)), "Phase B: 1 of 9 orders were packed twice."),
        (changed(C, jobs=Jobs(9, 8, 0, 1)), "Phase C: 1 of 9 orders were lost."),
        (
            changed(A, late_at_end=0.06),
            missed("A", "6%", 20),
        ),
        (
            changed(B, late_at_end=0.5),
            missed("B", "50%", 20),
        ),
        (
            changed(C, late_at_end=1.0),
            missed("C", "100%", 15),
        ),
        (changed(A, late_at_end=None), "Phase A: nothing was sent in its last 20 s."),
        (
            changed(A, waited_s=31.0),
            "Phase A: an order waited 31 s at its end, over the drain target of 30 s.",
        ),
        (changed(B, decisions=()), "Phase B: the quota did not hold the worker."),
        (
            changed(B, decisions=(replace(HELD, service="web"),)),
            "Phase B: the quota did not hold the worker.",
        ),
        (
            changed(B, decisions=(decision(150, 6, 6, "worker", quota=(6, 6)),)),
            "Phase B: the quota did not hold the worker.",
        ),
        (
            replace(good(), counts=(count(0, 2, 2), count(9, 11, 2), count(10, 12, 2))),
            "web was to have 11 at 12:00:09, outside of 2 to 10.",
        ),
        (
            replace(good(), counts=(count(5, 1, 1),)),
            "web was to have 1 at 12:00:05, outside of 2 to 10.",
        ),
        (
            replace(good(), use=(use(0, 5), use(7, 17))),
            "The team was to have 17 instances at 12:00:07, over its quota of 16.",
        ),
        (
            replace(good(), use=(use(7, 16, reserved=21),)),
            "The team had reserved 21 instances at 12:00:07, over quota and surge of 20.",
        ),
        (replace(good(), came_down=False), "The counts did not come down after the load."),
        (replace(good(), phases=good().phases[:2]), "Phase C was not run."),
    ],
)
def test_what_was_not_as_it_should_be_is_said(report: Report, said: str) -> None:
    assert problems(report) == [said]


def test_what_fails_while_checks_queue_is_no_problem() -> None:
    assert problems(changed(C, requests=Requests(9, failed=5))) == []


def test_an_order_may_wait_while_the_quota_holds_the_worker() -> None:
    assert problems(changed(B, waited_s=90.0)) == []


def test_a_larger_count_that_the_quota_cut_counts_as_held() -> None:
    cut = decision(150, 4, 6, "worker", quota=(9, 6))

    assert problems(changed(B, decisions=(cut,))) == []
