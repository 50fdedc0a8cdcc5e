from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jobs.deploy.counts import (
    Drift,
    Hand,
    JobSeen,
    Known,
    Next,
    Nothing,
    Post,
    acknowledged,
    next_count,
    restored,
    unread,
)
from platform_admin.rules.rollout import BLUE, GREEN, ColourRow, RolloutRow

ROW = ColourRow(BLUE, acknowledged=3, at_most=3, mark=7, index=20, release=1)
GREEN_ROW = ColourRow(GREEN)
OUT = replace(ROW, acknowledged=None, at_most=5)


def following(
    row: ColourRow, wanted: int, job: JobSeen | None, *, stays_healthy: bool = True
) -> Next:
    return next_count(row, wanted, job, stays_healthy=stays_healthy)


def test_what_is_acknowledged_is_not_posted() -> None:
    assert following(ROW, 3, JobSeen(3, 20)) == Nothing()


def test_before_a_post_the_row_says_unknown_under_a_new_mark() -> None:
    post = following(ROW, 5, JobSeen(3, 22))
    assert isinstance(post, Post)
    assert (post.count, post.index) == (5, 22)
    assert (post.row.acknowledged, post.row.mark, post.row.at_most) == (None, 8, 5)


@pytest.mark.parametrize(("wanted", "at_most"), [(1, 5), (4, 5), (6, 6)])
def test_unknown_is_sent_again_and_keeps_what_may_still_run(wanted: int, at_most: int) -> None:
    post = following(OUT, wanted, JobSeen(3, 20))
    assert isinstance(post, Post)
    assert (post.count, post.row.at_most) == (wanted, at_most)


def test_unknown_is_sent_again_even_where_nomad_has_the_wanted_count() -> None:
    assert isinstance(following(OUT, 5, JobSeen(5, 21)), Post)


def test_a_count_falls_only_when_those_that_stay_are_healthy() -> None:
    assert isinstance(following(ROW, 1, JobSeen(3, 20), stays_healthy=False), Nothing)
    assert isinstance(following(ROW, 1, JobSeen(3, 20), stays_healthy=True), Post)


def test_a_count_rises_whoever_is_healthy() -> None:
    assert isinstance(following(ROW, 4, JobSeen(3, 20), stays_healthy=False), Post)


@pytest.mark.parametrize(
    ("row", "job", "is_hand"),
    [
        (ROW, JobSeen(5, 21), True),
        (ROW, JobSeen(5, 20), False),
        (ROW, JobSeen(3, 21), False),
        (ROW, JobSeen(5, 21, foreign=False), True),
        (OUT, JobSeen(5, 21, foreign=False), False),
        (OUT, JobSeen(4, 21, foreign=True), True),
        (OUT, JobSeen(4, 20, foreign=True), False),
    ],
    ids=["newer", "older", "same count", "known", "own post", "foreign", "foreign but old"],
)
def test_a_hand_is_a_newer_count_that_is_not_ours(
    row: ColourRow, job: JobSeen, is_hand: bool
) -> None:
    assert isinstance(following(row, 3, job), Hand) is is_hand


def test_a_hand_is_noticed_once_and_the_next_post_corrects_it() -> None:
    hand = following(ROW, 3, JobSeen(5, 21))
    assert isinstance(hand, Hand)
    assert (hand.count, hand.row.acknowledged, hand.row.at_most, hand.row.index) == (5, 5, 5, 21)
    post = following(hand.row, 3, JobSeen(5, 21))
    assert isinstance(post, Post)
    assert post.count == 3


@pytest.mark.parametrize("job", [None, JobSeen(0, 30, stopped=True)], ids=["missing", "stopped"])
def test_a_job_that_is_not_there_is_drift_where_instances_are_wanted(job: JobSeen | None) -> None:
    assert isinstance(following(ROW, 3, job), Drift)


def test_a_missing_job_with_none_wanted_counts_as_none() -> None:
    known = following(ROW, 0, None)
    assert isinstance(known, Known)
    assert (known.row.acknowledged, known.row.at_most) == (0, 0)
    assert following(known.row, 0, None) == Nothing()


@pytest.mark.parametrize("job", [None, JobSeen(0, 30, stopped=True)], ids=["missing", "stopped"])
def test_a_job_that_was_read_as_gone_before_the_last_post_is_read_again(
    job: JobSeen | None,
) -> None:
    decided = next_count(ROW, 0, job, stays_healthy=True, mark=ROW.mark - 1)
    assert isinstance(decided, Nothing)
    assert isinstance(next_count(ROW, 0, job, stays_healthy=True, mark=ROW.mark), Known)


def test_an_answer_frees_what_can_not_run_any_more() -> None:
    row = acknowledged(OUT, 2, 25, 99.0)
    assert (row.acknowledged, row.at_most, row.index, row.acknowledged_at) == (2, 2, 25, 99.0)


def test_a_refused_post_restores_what_was_known() -> None:
    post = following(ROW, 5, JobSeen(3, 20))
    assert isinstance(post, Post)
    row = restored(post.row, ROW)
    assert (row.acknowledged, row.at_most, row.mark) == (3, 3, 8)


def test_a_refused_post_after_an_unknown_one_restores_the_unknown() -> None:
    post = following(OUT, 1, JobSeen(3, 20))
    assert isinstance(post, Post)
    row = restored(post.row, OUT)
    assert (row.acknowledged, row.at_most) == (None, 5)


def test_of_a_job_that_does_not_run_no_index_is_known() -> None:
    stopped = following(replace(ROW, acknowledged=2), 0, JobSeen(2, 9, stopped=True))
    assert isinstance(stopped, Known)
    assert (stopped.row.acknowledged, stopped.row.index) == (0, 0)
    assert unread(2, RolloutRow(live="blue", new="green"), stopped.row, GREEN_ROW) is None


@pytest.mark.parametrize(
    ("rollout", "blue", "beside", "plain"),
    [
        ({}, {}, {}, True),
        ({"deployment": 7}, {}, {}, False),
        ({"live": None, "new": "blue"}, {}, {}, False),
        ({}, {"acknowledged": None}, {}, False),
        ({}, {"index": 0}, {}, False),
        ({}, {}, {"acknowledged": 1}, False),
        ({}, {}, {"acknowledged": None}, False),
    ],
)
def test_the_live_colour_is_posted_unread_where_all_is_at_rest_and_known(
    rollout: dict[str, Any], blue: dict[str, Any], beside: dict[str, Any], plain: bool
) -> None:
    live = replace(ROW, colour="blue", acknowledged=2, index=9)
    found = unread(
        3,
        replace(RolloutRow(live="blue", new="green"), **rollout),
        replace(live, **blue),
        replace(GREEN_ROW, **beside),
    )
    assert found == ((live, JobSeen(2, 9)) if plain else None)
