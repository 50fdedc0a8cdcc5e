from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_admin.rules.quota import (
    Limits,
    Use,
    grown,
    largest,
    short_of,
    shortage,
    surge_room,
)

LIMITS = Limits(instances=10, cpu_mhz=1000, memory_mb=1000, surge_percent=25)
USES = st.builds(Use, st.integers(0, 50), st.integers(0, 5000), st.integers(0, 5000))


def test_uses_add_and_multiply_by_figure() -> None:
    assert Use(1, 100, 64) * 3 + Use(1, 1, 1) == Use(4, 301, 193)


def test_the_surge_is_a_share_of_the_limits() -> None:
    assert surge_room(LIMITS, Use()) == Use(2, 250, 250)


def test_the_surge_is_at_least_one_of_every_service() -> None:
    assert surge_room(LIMITS, Use(3, 100, 400)) == Use(3, 250, 400)


def test_what_fits_exactly_fits() -> None:
    assert shortage(LIMITS, Use(2, 250, 250), Use(10, 1000, 1000), Use(12, 1250, 1250)) is None


@pytest.mark.parametrize(
    ("desired", "reserved", "figure", "said"),
    [
        (Use(11, 0, 0), Use(), "instances", "11 instances in all, and the team's quota is 10: 1"),
        (Use(1, 1200, 0), Use(), "cpu_mhz", "1200 MHz of CPU in all"),
        (Use(1, 1, 1001), Use(), "memory_mb", "1001 MB of memory in all"),
        (Use(10, 1, 1), Use(13, 1, 1), "instances", "quota and surge give 12: 1 too many. Wait"),
        (Use(), Use(1, 1251, 1), "cpu_mhz", "1251 MHz of CPU while deployments run"),
    ],
)
def test_a_shortage_says_what_is_wanted_what_is_there_and_what_to_do(
    desired: Use, reserved: Use, figure: str, said: str
) -> None:
    surge = Use(2, 250, 250)

    assert said in str(shortage(LIMITS, surge, desired, reserved))
    assert short_of(LIMITS, surge, desired, reserved) == figure


def test_a_smaller_quota_takes_nothing_back() -> None:
    over = Use(50, 100, 64)

    assert shortage(LIMITS, Use(), grown(over, over, over), Use()) is None
    assert grown(over, Use(50, 101, 64), Use(99, 98, 97)) == Use(0, 98, 0)


def test_the_largest_of_none_is_nothing() -> None:
    assert largest() == Use()


@given(desired=USES, reserved=USES, surge=USES)
def test_a_shortage_has_a_figure_and_only_then(desired: Use, reserved: Use, surge: Use) -> None:
    said = shortage(LIMITS, surge, desired, reserved)

    assert (said is None) == (short_of(LIMITS, surge, desired, reserved) is None)


@given(before=USES, after=USES, total=USES)
def test_what_does_not_grow_is_not_held_against_the_limits(
    before: Use, after: Use, total: Use
) -> None:
    held = grown(before, after, total)

    assert held.memory_mb == (total.memory_mb if after.memory_mb > before.memory_mb else 0)
