from __future__ import annotations

from local.cluster.edge.admission import Admission


def test_so_many_are_let_in_at_once_and_the_next_when_one_has_ended() -> None:
    admission = Admission()
    with admission.asked("r", "h", 2) as first:
        with admission.asked("r", "h", 2) as second, admission.asked("r", "h", 2) as third:
            assert (first, second, third) == (True, True, False)
        with admission.asked("r", "h", 2) as again:
            assert again


def test_who_was_refused_takes_no_place() -> None:
    admission = Admission()
    with admission.asked("r", "h", 1), admission.asked("r", "h", 1) as refused:
        assert not refused
    with admission.asked("r", "h", 1) as later:
        assert later


def test_another_host_and_another_router_have_places_of_their_own() -> None:
    admission = Admission()
    with (
        admission.asked("r", "h", 1) as one,
        admission.asked("r", "g", 1) as host,
        admission.asked("s", "h", 1) as router,
    ):
        assert (one, host, router) == (True, True, True)


def test_without_a_limit_all_are_let_in() -> None:
    admission = Admission()
    with admission.asked("r", "h", None) as one, admission.asked("r", "h", None) as other:
        assert (one, other) == (True, True)
