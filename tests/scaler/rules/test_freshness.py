from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from scaler.rules.freshness import fresh, known
from scaler.rules.policies import compiled
from tests.scaler.rules import one

LIES = (np.nan, -1.0, np.inf, -np.inf, 1e300)


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_plausible_number_is_unknown(lie: float) -> None:
    assert np.isnan(known(np.array([lie]), np.zeros(1), np.array([30.0]))).all()


@pytest.mark.parametrize("age_s", [30.1, np.nan, np.inf])
def test_what_is_too_old_is_unknown(age_s: float) -> None:
    assert np.isnan(known(np.array([5.0]), np.array([age_s]), np.array([30.0]))).all()


def test_a_known_zero_stays_zero() -> None:
    assert known(np.zeros(1), np.array([30.0]), np.array([30.0]))[0] == 0


SAID_AGAIN = re.compile(r"\b\d+ \* (timedelta\(seconds=)?[\w.]*interval_s\b", re.IGNORECASE)


@pytest.mark.parametrize("folder", ["scaler/rules", "platform_admin/pages"])
def test_how_many_intervals_a_reading_stays_fresh_is_said_once(folder: str) -> None:
    files = (Path(__file__).parents[3] / folder).glob("*.py")

    assert [file.name for file in files if SAID_AGAIN.search(file.read_text())] == []


def test_each_source_has_its_own_limit() -> None:
    stale_queue = one.read(1, rate=5, edge_age_s=0, waiting=5, queue_age_s=99)
    seen = fresh(compiled([one.WEB]), stale_queue)
    assert seen.rate[0] == 5
    assert np.isnan(seen.waiting[0])


def test_what_is_decided_about_late_is_unknown_sooner_and_was_read_when_it_was() -> None:
    read = one.read(1, rate=5, edge_age_s=20)
    policies = compiled([one.WEB])
    late = fresh(policies, read, delay_s=15)
    assert np.isnan(late.rate[0])
    assert late.edge_age_s[0] == 20
    assert fresh(policies, read, delay_s=5).rate[0] == 5
