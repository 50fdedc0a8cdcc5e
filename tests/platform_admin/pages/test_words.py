from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_admin.pages.words import age, count, duration
from platform_admin.templatetags.muster import SHAPES, ago, state

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-2, "0 s ago"),
        (-5, "in 5 s"),
        (-14 * 60 - 1, "in 14 min"),
        (-7200, "in 2 h"),
        (0, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (90000, "1 d ago"),
    ],
)
def test_an_age_is_in_its_largest_unit(seconds: int, said: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.43, "0.4 s"), (12, "12 s"), (64, "1 min 4 s"), (7500, "2 h 5 min"), (-1, "0.0 s")],
)
def test_a_duration_is_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(n, "entry", "entries") for n in (0, 1, 2)] == [
        "0 entries",
        "1 entry",
        "2 entries",
    ]


def test_a_moment_that_is_not_known_is_no_data() -> None:
    assert ago(None) == "no data"


def test_a_moment_has_its_exact_time_on_hover() -> None:
    assert 'title="2026-11-21 12:00:00 UTC"' in ago(NOW)


@pytest.mark.parametrize("look", sorted(SHAPES))
def test_a_state_is_a_shape_and_a_word_and_never_colour_alone(look: str) -> None:
    shown = state(look)

    assert "<svg" in shown
    assert f">{look}</span>" in shown


def test_a_quiet_state_keeps_its_word_for_those_who_listen() -> None:
    assert '<span class="unseen">failed</span>' in state("failed", quiet=True)


def test_the_six_shapes_are_all_different() -> None:
    assert len(set(SHAPES.values())) == 6
