from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scaler.rules.observation import Observation
from tests.scaler.rules import one
from tests.scaler.rules.one import NOW, WEB

FAST = replace(WEB, down=replace(WEB.down, window_s=0.0))
CASES = [
    ("holds what it holds", one.web(3, rate=100), 3),
    ("up to what arrives", one.web(3, rate=200), 6),
    ("inside the dead band while nobody is late", one.web(3, rate=110), 3),
    ("one more while p95 is over", one.web(3, rate=90, p95_s=0.3), 4),
    ("down as far as the bound allows", one.web(6, rate=100), 4),
    ("not down to the very edge of it", one.web(4, rate=104), 4),
    ("no traffic is a known zero", one.web(3, rate=0, mean_s=np.nan, p95_s=np.nan), 1),
    ("backlog is worked off", one.web(3, rate=105, mean_s=30, p95_s=31, open=9999), 6),
    ("as far as it can be open", one.web(3, rate=105, mean_s=30, p95_s=31, open=300), 4),
    ("demand of the fallback", one.web(2, rate=0, fallback=175, p95_s=np.nan), 5),
    ("p95 unknown with traffic", one.web(6, rate=10, p95_s=np.nan), 6),
    ("mean unknown", one.web(6, rate=10, mean_s=np.nan), 6),
    ("fallback unknown", one.web(6, rate=10, fallback=np.nan), 6),
    ("rate unknown", one.web(6, rate=np.nan), 6),
    ("nothing ready", one.web(6, rate=10, ready=0), 6),
]


@pytest.mark.parametrize(("seen", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_with_a_known_capacity(seen: Observation, expected: int) -> None:
    assert one.count(FAST, seen, one.past(holds=35)) == expected


def test_without_a_known_limit_it_goes_one_step_at_a_time() -> None:
    fallback = one.web(2, rate=np.nan, mean_s=np.nan, p95_s=np.nan, fallback=900)
    assert one.count(FAST, fallback) == 3


def test_without_a_known_capacity_it_does_not_go_down() -> None:
    assert one.count(FAST, one.web(6, rate=1, ready=0)) == 6


def test_the_first_late_reading_shows_the_limit() -> None:
    assert one.count(FAST, one.web(1, rate=40, mean_s=1, p95_s=2, open=9)) == 2


def test_it_waits_for_what_the_last_step_does() -> None:
    late = one.web(3, rate=90, p95_s=0.3)
    assert one.count(FAST, late, one.past(holds=35, up_at=NOW - 19)) == 3
    assert one.count(FAST, late, one.past(holds=35, up_at=NOW - 21)) == 4


@pytest.mark.parametrize(("ordered_s", "expected"), [(np.nan, 2), (39, 1), (41, 2)])
def test_it_waits_for_the_first_instances_of_a_new_service(ordered_s: float, expected: int) -> None:
    starting = one.web(1, rate=0, ready=0, fallback=5, ordered_s=ordered_s)
    assert one.count(FAST, starting) == expected


def test_growth_is_carried_over_start_up_and_interval() -> None:
    known = one.past(holds=35)
    grown = replace(
        known,
        seen_at=np.array([[np.nan, np.nan, NOW - 10, NOW - 5]]),
        arrivals=np.array([[np.nan, np.nan, 30.0, 48.0]]),
        mean_s=np.full((1, 4), 0.1),
        noise=np.array([0.03]),
    )
    policy = replace(WEB, interval_s=5)
    event = one.happened(policy, one.web(3, rate=74), grown)
    assert event.number("arrivals") + event.number("growth") == pytest.approx(140, rel=0.1)
    assert event.end == 5


def test_from_zero_requests_bring_an_instance() -> None:
    asleep = one.web(0, rate=0, mean_s=np.nan, p95_s=np.nan, fallback=2)
    assert one.count(replace(FAST, minimum=0), asleep) == 1
