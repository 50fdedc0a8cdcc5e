from __future__ import annotations

from dataclasses import replace

from platform_admin.demo.run.timeline import HEADING, Moment, decided, line
from tests.platform_admin.demo.run.made import count, decision

MOMENT = Moment(34.6, "A", 48.04, 0.125, [count(34, 3, 2), count(34, 2, 1, "worker")], 4, 2.2)


def test_a_line_shows_rate_lateness_counts_and_queue() -> None:
    assert line(MOMENT).split() == [
        "35", "s", "A", "48.0", "12%", "3/2", "2/1", "4", "2", "s",
    ]  # fmt: skip


def test_what_is_not_known_is_a_dash() -> None:
    assert line(replace(MOMENT, late=None, counts=[])).split()[4:7] == ["-", "-", "-"]


def test_the_columns_stand_below_their_headings() -> None:
    shown = line(MOMENT)

    for word, figure in (("late", "12%"), ("web", "3/2"), ("worker", "2/1"), ("queue", "4")):
        end = HEADING.index(word) + len(word)
        assert shown[:end].endswith(figure), (word, shown)


def test_a_decision_is_told_by_its_own_sentence() -> None:
    assert decided(41.2, decision(41, 2, 5)) == "    41 s  web      2 to 5: so."


def test_another_hands_reason_gets_the_counts_before_it() -> None:
    outside = replace(decision(41, 2, 5), words="changed in Nomad")

    assert decided(41.2, outside) == "    41 s  web      2 to 5: changed in Nomad"
