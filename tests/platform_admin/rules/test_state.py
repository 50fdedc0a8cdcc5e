from __future__ import annotations

import pytest

from platform_admin.rules.state import (
    ASLEEP,
    DEGRADED,
    DRAFT,
    DRAINING,
    FAILED,
    HEALTHY,
    OFF,
    STARTING,
    Counts,
    service_state,
    worst,
)


@pytest.mark.parametrize(
    ("counts", "about", "word"),
    [
        (Counts(1), {"live": False}, "draft"),
        (Counts(1), {"live": False, "rolling": True}, "starting"),
        (Counts(1), {"live": False, "last_failed": True}, "failed"),
        (Counts(1), {"live": False, "rolling": True, "last_failed": True}, "starting"),
        (Counts(0), {"live": True}, "off"),
        (Counts(0), {"live": True, "follows": True}, "asleep"),
        (Counts(0, draining=1), {"live": True, "follows": True}, "draining"),
        (Counts(0, draining=1), {"live": True}, "draining"),
        (Counts(3, healthy=3), {"live": True}, "healthy"),
        (Counts(3, healthy=4, draining=1), {"live": True}, "healthy"),
        (Counts(3, healthy=3), {"live": True, "last_failed": True}, "healthy"),
        (Counts(3, healthy=3), {"live": True, "late": True}, "degraded"),
        (Counts(0), {"live": True, "late": True}, "off"),
        (Counts(3), {"live": True, "late": True}, "failed"),
        (Counts(3, healthy=2), {"live": True, "settling": True, "late": True}, "starting"),
        (Counts(3, healthy=2), {"live": True, "settling": True}, "starting"),
        (Counts(3, healthy=2), {"live": True, "rolling": True}, "starting"),
        (Counts(3, healthy=2), {"live": True}, "degraded"),
        (Counts(3, healthy=2, starting=1), {"live": True}, "degraded"),
        (Counts(3), {"live": True, "settling": True}, "starting"),
        (Counts(3), {"live": True}, "failed"),
        (Counts(3, starting=3), {"live": True}, "failed"),
    ],
)
def test_the_state_follows_from_the_counts(
    counts: Counts, about: dict[str, bool], word: str
) -> None:
    assert service_state(counts, **about).word == word


def test_every_word_has_a_shape_of_its_own() -> None:
    states = {HEALTHY, STARTING, DEGRADED, FAILED, OFF, DRAFT}

    assert len({state.shape for state in states}) == len({state.word for state in states}) == 6


def test_the_worst_is_seen_first() -> None:
    assert worst([HEALTHY, OFF, DEGRADED, STARTING]) is DEGRADED
    assert worst([OFF, HEALTHY]) is HEALTHY
    assert worst([OFF, ASLEEP]) is ASLEEP
    assert worst([DRAINING, HEALTHY]) is DRAINING
    assert worst([DRAINING, STARTING]) is STARTING
    assert worst([]) is DRAFT
