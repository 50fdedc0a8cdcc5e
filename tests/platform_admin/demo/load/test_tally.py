from __future__ import annotations

from platform_admin.demo.load.tally import Requests, Slot, Tally, requests, share_over


def test_a_request_counts_where_it_was_due_and_not_where_its_answer_came() -> None:
    tally = Tally(late_s=0.2)
    tally.sent(0.1)
    tally.sent(0.6)
    tally.answered(0.1, at_s=9.0)
    tally.answered(0.6, at_s=0.7)

    assert tally.slots() == [
        Slot(0.0, total=1, late=1, failed=0, over=1),
        Slot(0.25, total=0, late=0, failed=0, over=0),
        Slot(0.5, total=1, late=0, failed=0, over=0),
    ]


def test_a_request_without_an_answer_is_over_and_neither_late_nor_failed() -> None:
    tally = Tally(late_s=0.2)
    tally.sent(0.0)

    assert tally.slots() == [Slot(0.0, total=1, late=0, failed=0, over=1)]


def test_a_failed_one_is_not_late_as_well() -> None:
    tally = Tally(late_s=0.2)
    tally.sent(0.0)
    tally.failed(0.0, "status 503", 100.3)

    assert requests(tally.slots()) == Requests(total=1, late=0, failed=1)
    assert tally.reasons == {"status 503": 1}


def test_nothing_sent_has_no_share() -> None:
    assert share_over([]) is None
    assert share_over([Slot(0, 0, 0, 0, 0)]) is None


def test_the_share_is_over_all_of_the_slots() -> None:
    assert share_over([Slot(0, 30, 1, 1, 3), Slot(0.25, 10, 0, 0, 1)]) == 0.1
