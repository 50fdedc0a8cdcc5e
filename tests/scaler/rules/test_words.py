from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from scaler.rules.decide import decide
from scaler.rules.events import Event, event
from scaler.rules.history import History, changed, proposed
from scaler.rules.policies import Behaviour, Metric, Policy, Rate, compiled
from scaler.rules.quota import quotas
from scaler.rules.waterfall import Line, waterfall
from scaler.rules.words import sentence
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW, WEB, WORKER

SIMPLE = Policy(minimum=1, maximum=6, metrics=(Metric(10, total=True),))
GONE = {"rate": np.nan, "mean_s": np.nan, "p95_s": np.nan, "fallback": np.nan}


def metric(desired: float, value: float, **known: float) -> Event:
    """What happens to a service that follows one metric."""
    return one.happened(SIMPLE, one.with_metric(one.read(desired, **known), value))


def aged(*proposals: tuple[float, float]) -> History:
    history = one.past(holds=35)
    for age_s, count in proposals:
        history = proposed(history, np.array([count]), NOW - age_s)
    return history


def busy_web() -> Event:
    """2 instances that are late, with a rate limit and a quota on the way up."""
    policy = replace(WEB, up=Behaviour(0, (Rate(4, 60),)))
    seen = one.web(2, rate=75, fallback=165, mean_s=0.2, p95_s=0.312)
    room = quotas(np.zeros(1, dtype=np.int64), np.ones(1), np.ones(1), np.array([[5.0, 1e9, 1e9]]))
    return event(decide(compiled([policy]), seen, one.past(holds=35), NOW, room), 0, NOW)


UP_WINDOW = replace(WEB, up=Behaviour(30))
COOL = replace(SIMPLE, up=Behaviour(0, cooldown_s=60))
COOLING = changed(one.past(), np.array([0]), np.array([1.0]), NOW - 20)
LATE = one.web(3, rate=90, p95_s=0.312)

SENTENCES = [
    (
        metric(2, 50),
        "2 to 5: metric 1 50, target 10 for each instance.",
    ),
    (busy_web(), "2 to 5: p95 312 ms over 200 ms; wanted 7, rate limit 6, quota 5."),
    (
        one.happened(WEB, one.web(2, rate=70, fallback=30, refused=30), one.past(holds=35)),
        "2 to 3: 30 requests/s were turned away.",
    ),
    (
        one.happened(WEB, one.web(2, rate=70, fallback=35, refused=30), one.past(holds=35)),
        "2 to 3: 30 requests/s were turned away and 5 requests/s found no instance.",
    ),
    (
        one.happened(WEB, one.web(2, rate=70, fallback=5, refused=0), one.past(holds=35)),
        "2 to 3: 5 requests/s found no instance.",
    ),
    (
        one.happened(
            WEB, one.web(2, rate=70, fallback=30, refused=30, p95_s=0.9), one.past(holds=35)
        ),
        "2 to 3: p95 900 ms over 200 ms, 30 requests/s were turned away.",
    ),
    (
        one.happened(UP_WINDOW, LATE, aged((22, 3), (12, 4))),
        "Staying at 3: p95 over target for 12 s; it grows after 30 s.",
    ),
    (
        one.happened(WEB, one.web(5, rate=10), aged((120, 5), (60, 1))),
        "Staying at 5: 1 wanted for 60 s; it shrinks after 300 s.",
    ),
    (
        one.happened(WEB, one.web(1, rate=0, mean_s=np.nan, p95_s=np.nan, fallback=0)),
        "Staying at 1: no requests; the minimum is 1.",
    ),
    (
        one.happened(WEB, one.web(3, rate=100), aged()),
        "Staying at 3: p95 150 ms of 200 ms, 100 requests/s.",
    ),
    (
        one.happened(WEB, one.web(3, **GONE), one.past(unknown_since=NOW - 40)),
        "Staying at 3: nothing is known of its load for 40 s.",
    ),
    (
        one.happened(WORKER, one.worker(2, waiting=150, busy=2, oldest_s=3)),
        "2 to 6: 150 jobs waiting and 2 busy, the oldest for 3 s of 30 s.",
    ),
    (
        metric(4, 90),
        "4 to 6: metric 1 90, target 10 for each instance; wanted 9, the maximum is 6.",
    ),
    (
        metric(6, 90),
        "Staying at 6: metric 1 90, target 10 for each instance; wanted 9, the maximum is 6.",
    ),
    (metric(0, np.nan), "0 to 1: the minimum is 1."),
    (
        metric(4, 60, unplaced=1),
        (
            "Staying at 4: metric 1 60, target 10 for each instance; wanted 6, but the cluster has"
            " no room for more."
        ),
    ),
    (
        metric(4, 60, rolling=1),
        "Staying at 4: wanted 6, but the count stays until the deployment ends.",
    ),
    (
        metric(3, 60, override=5, override_until=NOW + 720),
        "3 to 5: set by hand for 12 min more.",
    ),
    (
        metric(3, 60, override=0, override_until=np.inf),
        "3 to 0: suspended until somebody resumes it.",
    ),
    (
        one.happened(COOL, one.with_metric(one.read(4), 60), COOLING),
        (
            "Staying at 4: metric 1 60, target 10 for each instance; wanted 6, but the cooldown"
            " lasts 40 s more."
        ),
    ),
    (
        one.happened(replace(SIMPLE, maximum=40), one.with_metric(one.read(20), 211)),
        (
            "Staying at 20: metric 1 211, target 10 for each instance; wanted 22, but that is"
            " within the tolerance of 10 %."
        ),
    ),
    (
        one.happened(
            replace(SIMPLE, metrics=(Metric(10), Metric(10))),
            one.with_metric(one.read(4), 5, np.nan),
        ),
        "Staying at 4: wanted 2, but no fewer while 1 of its signals is unknown.",
    ),
]


@pytest.mark.parametrize(("happened", "said"), SENTENCES, ids=[said for _, said in SENTENCES])
def test_a_decision_is_one_sentence(happened: Event, said: str) -> None:
    assert sentence(happened) == said


def test_a_metric_is_called_by_its_name() -> None:
    named = replace(metric(2, 50), metrics=("messages",))
    assert sentence(named).startswith("2 to 5: messages 50, target 10")


def lines(happened: Event) -> dict[str, Line]:
    return {line.step: line for line in waterfall(happened)}


def test_the_waterfall_leads_from_the_count_before_to_the_count_after() -> None:
    steps = waterfall(busy_web())
    assert (steps[0].before, steps[-1].after) == (2, 5)
    assert all(a.after == b.before for a, b in pairwise(steps))


def test_a_step_says_what_it_used_and_what_would_change_it() -> None:
    quota = lines(busy_web())["quota"]
    assert (quota.before, quota.after, quota.used) == (6, 5, "1 held by the quota")
    assert quota.otherwise == "A larger quota, or room that others give back."


def test_the_proposal_says_what_an_instance_holds() -> None:
    proposal = lines(busy_web())["proposal"]
    assert "35/s for each instance" in proposal.used
    assert proposal.otherwise == "Less than 70 requests/s in all."


def test_where_another_signal_wins_the_proposal_says_nothing_of_the_latencys() -> None:
    both = replace(WEB, metrics=(Metric(0.05, total=True),))
    seen = one.with_metric(one.web(2, rate=40, p95_s=0.1), 0.7)
    proposal = lines(one.happened(both, seen))["proposal"]
    assert (proposal.used, proposal.otherwise) == (
        "metric 1 0.7, target 0.05 for each instance",
        "",
    )


def test_a_window_says_how_long_it_still_takes() -> None:
    waits = one.happened(UP_WINDOW, LATE, aged((22, 3), (12, 4)))
    assert lines(waits)["stabilization"].otherwise == "The same for 18 s more."


@pytest.mark.parametrize(
    ("happened", "step"),
    [
        (metric(4, 60, unplaced=1), "placement"),
        (metric(4, 60, rolling=1), "rollout"),
        (metric(4, 90), "bounds"),
        (one.happened(COOL, one.with_metric(one.read(4), 60), COOLING), "cooldown"),
        (metric(3, 60, override=5, override_until=NOW + 720), "override"),
    ],
)
def test_every_step_that_moves_the_count_says_what_would_give_another_answer(
    happened: Event, step: str
) -> None:
    line = lines(happened)[step]
    assert line.before != line.after
    assert line.otherwise


def test_the_reason_for_staying_is_the_step_that_decided() -> None:
    waiting = one.decided(SIMPLE, one.with_metric(one.read(4, unplaced=1), 60))
    dark = one.decided(SIMPLE, one.with_metric(one.read(4), np.nan))
    calm = one.decided(SIMPLE, one.with_metric(one.read(4), 40))
    names = [step for step, *_ in (("desired",), *((line.step,) for line in waterfall(busy_web())))]
    assert [names[each.reasons[0]] for each in (waiting, dark, calm)] == [
        "placement",
        "freshness",
        "desired",
    ]
