from __future__ import annotations

import pytest

from platform_admin.rules.rotation import Attempt, counts, lacking

FAILED, THROUGH = Attempt(1, False), Attempt(1, True)


@pytest.mark.parametrize(
    ("attempts", "found"),
    [
        ([], True),
        ([FAILED], False),
        ([THROUGH], True),
        ([FAILED, THROUGH], True),
        ([THROUGH, Attempt(2, False)], True),
        ([FAILED, Attempt(2, True)], False),
        ([Attempt(2, True)], True),
        ([Attempt(2, False)], False),
        ([Attempt(2, True), Attempt(3, False)], False),
        ([Attempt(2, False), Attempt(2, True), Attempt(3, True)], True),
    ],
)
def test_a_draft_names_the_version_once_it_came_through(
    attempts: list[Attempt], found: bool
) -> None:
    assert counts(attempts, 1) == found


def test_what_is_left_is_where_no_attempt_came_through() -> None:
    assert lacking([FAILED, Attempt(2, False), Attempt(2, True)]) == {1}
