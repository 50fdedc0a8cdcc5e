"""What the report says of Muster's own policies and of the reference figure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.scaling.entry import Entry
from bench.scaling.policies import POLICIES
from bench.scaling.report.summary import Line
from bench.scaling.report.verdict import NO_POLICY, losing, own_policies
from tests.bench.scaling.report.made import line

OWN = "follow"


@pytest.fixture(autouse=True)
def own_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A policy of Muster's among those that the report knows."""
    monkeypatch.setitem(POLICIES, OWN, Entry(OWN, "Follow the best", {}, own=True))


def worker(policy: str, *, tuned: bool, hours: float, late: float) -> Line:
    """A line of a worker trace."""
    made = line(policy, "worker_a", tuned=tuned, late_share=late, hours=hours)
    return replace(made, first=replace(made.first, kind="worker"))


def test_a_trace_is_lost_where_the_best_tuned_peer_is_more_than_a_twentieth_better() -> None:
    found = [
        line("hpa", "web_a", tuned=True, ratio=1.0),
        line("keda", "web_a", tuned=True, ratio=1.3),
        line(OWN, "web_a", tuned=False, ratio=1.06),
        line("hpa", "web_b", tuned=True, ratio=1.0),
        line(OWN, "web_b", tuned=False, ratio=1.04),
    ]

    assert losing(OWN, found) == ["web_a at 30 s: 1.06 times Kubernetes HPA v2, tuned"]


def test_neither_a_peers_default_nor_ones_own_tuning_counts() -> None:
    found = [
        line("hpa", "web_a", tuned=False, ratio=1.0),
        line("hpa", "web_a", tuned=True, ratio=1.3),
        line(OWN, "web_a", tuned=True, ratio=9.0),
        line(OWN, "web_a", tuned=False, ratio=1.3),
    ]

    assert losing(OWN, found) == []


def test_a_worker_that_is_late_loses_to_a_dearer_one_that_is_not() -> None:
    found = [
        worker("hpa", tuned=True, hours=1.2, late=0.001),
        worker(OWN, tuned=False, hours=1.0, late=0.02),
    ]

    assert losing(OWN, found) == [
        "worker_a at 30 s: 0.83 times Kubernetes HPA v2, tuned, 2.0% late"
    ]


def test_the_verdict_gives_the_mean_over_the_scored_traces_and_names_the_lost_ones() -> None:
    found = [
        line("hpa", "web_a", tuned=True, ratio=1.0),
        line(OWN, "web_a", tuned=False, ratio=2.0),
        line("hpa", "web_b", tuned=True, ratio=9.0),
        line(OWN, "web_b", tuned=False, ratio=8.0),
    ]
    [verdict] = own_policies(found)

    assert verdict.words.startswith("Follow the best: 4.000 times the optimum")
    assert verdict.words.endswith("it loses on:")
    assert len(verdict.lost) == 1
    assert "web_a" in verdict.lost[0]


def test_where_no_policy_of_musters_ran_that_is_said() -> None:
    [verdict] = own_policies([line("hpa", "web_a", tuned=True, ratio=1.0)])

    assert (verdict.words, verdict.lost) == (NO_POLICY, ())
