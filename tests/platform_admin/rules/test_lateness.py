from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.lateness import Late, lateness

NAN = float("nan")
OVER, UNDER = 0.6, 0.1


def after(p95s: Sequence[float], now_s: float | None = None) -> Late | None:
    """What is said after readings every 10 s, against 0.2 s; the last one is of now."""
    readings = [(10.0 * number, p95) for number, p95 in enumerate(p95s)]
    return lateness(readings, 0.2, now_s or 10.0 * (len(p95s) - 1), gap_s=30)


@pytest.mark.parametrize(
    ("p95s", "late"),
    [
        ([], False),
        ([OVER] * 12, False),
        ([OVER] * 13, True),
        ([UNDER] + [OVER] * 12, False),
        ([OVER] * 12 + [UNDER] + [OVER] * 12, False),
        ([OVER] * 13 + [UNDER] * 12, True),
        ([OVER] * 13 + [UNDER] * 13, False),
        ([OVER, UNDER] * 30, False),
        ([OVER] * 13 + [UNDER, OVER] * 30, True),
        ([NAN] * 40, False),
        ([OVER] * 6 + [NAN] * 2 + [OVER] * 5, True),
        ([OVER] * 10 + [NAN] * 3 + [OVER] * 10, False),
        ([OVER] * 13 + [NAN] * 3, True),
        ([OVER] * 13 + [NAN] * 4, False),
        ([OVER] * 20 + [NAN] * 5 + [OVER], False),
    ],
)
def test_it_is_late_after_two_minutes_of_one_voice_and_no_longer_after_two_of_the_other(
    p95s: list[float], late: bool
) -> None:
    assert (after(p95s) is not None) is late


def test_the_highest_p95_of_the_last_three_minutes_is_said() -> None:
    assert after([9.0] + [OVER] * 10 + [0.7] + [OVER] * 10) == Late(0.7, 0.2)


def test_what_was_read_too_long_ago_says_nothing_of_now() -> None:
    assert after([OVER] * 13, now_s=150) is not None
    assert after([OVER] * 13, now_s=151) is None


@given(st.lists(st.sampled_from([OVER, UNDER, NAN]), max_size=90))
def test_who_is_late_was_over_its_target_within_the_minutes_that_are_said(
    p95s: list[float],
) -> None:
    found = after(p95s)

    assert found is None or found.p95_s > found.target_s
