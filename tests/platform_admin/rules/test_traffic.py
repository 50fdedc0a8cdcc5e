from __future__ import annotations

import pytest

from platform_admin.rules.traffic import grows_s


@pytest.mark.parametrize(("seconds", "grows"), [(120, 30), (60, 30), (20, 10), (1, 0.5)])
def test_it_grows_for_half_a_minute_or_for_half_of_a_shorter_time(
    seconds: float, grows: float
) -> None:
    assert grows_s(seconds) == grows
