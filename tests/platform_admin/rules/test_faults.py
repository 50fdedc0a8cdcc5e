from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_admin.rules.faults import LASTS_S, VERBS, Kind, ends, failed_in

AT = datetime(2026, 11, 30, 12, 3, 11, tzinfo=UTC)
AT_S = AT.timestamp()
OVER = AT + timedelta(seconds=20)


@pytest.mark.parametrize("kind", Kind)
def test_each_ends_within_a_minute_and_has_a_name_in_the_audit(kind: Kind) -> None:
    assert AT < ends(kind, AT) <= AT + timedelta(seconds=60)
    assert ends(kind, AT) == AT + timedelta(seconds=LASTS_S[kind])
    assert 0 < len(VERBS[kind]) <= 40


@pytest.mark.parametrize(
    ("kind", "after_s", "falls"),
    [
        (Kind.KILL, -0.5, False),
        # The slot in which it began.
        (Kind.KILL, -0.1, True),
        (Kind.KILL, 4.9, True),
        (Kind.KILL, 5.5, False),
        (Kind.STOP, 19.9, True),
        (Kind.STOP, 20.5, False),
        (Kind.CUT, 12.0, True),
    ],
)
def test_what_fails_while_it_goes_on_is_its_doing(kind: Kind, after_s: float, falls: bool) -> None:
    failures = [(AT_S + after_s, 3)]

    assert failed_in(kind, AT, OVER, failures, 0.25) == (3 if falls else 0)


def test_what_failed_in_several_slots_is_summed() -> None:
    failures = [(AT_S + 1, 2), (AT_S + 2, 1), (AT_S + 100, 9)]

    assert failed_in(Kind.STOP, AT, OVER, failures, 0.25) == 3
