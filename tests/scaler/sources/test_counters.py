from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.cluster.edge.metrics import Metrics
from scaler.sources.counters import Counters, change, of_traefik, on_bounds, parse
from tests.scaler.sources.text import BLUE, BOUNDS, GREEN, LIVE, RECORDED, text

OTHER = "shop-production-web--other-dns@consul"


def count(counters: Counters, service: str, code: str = "200") -> float:
    place = counters.places[service.encode(), code.encode(), b"GET"]
    return float(counters.values[place, -2])


def changed(before: bytes, now: bytes, elapsed_s: float = 10.0) -> dict[str, float]:
    """Requests that were counted, by service; where the readings can be compared."""
    found = change(parse(before, 100.0), parse(now, 100.0 + elapsed_s))
    assert found is not None
    return {
        key[0].decode(): float(row[-2]) for key, row in zip(found.keys, found.values, strict=True)
    }


def test_what_traefik_writes_is_read() -> None:
    found = parse(RECORDED, 5.0)

    assert count(found, "shop-prod-web-blue@consulcatalog") == 8611
    assert count(found, "shop-prod-web-green@consulcatalog") == 40
    assert count(found, "activator@consul", "502") == 40
    place = found.places[b"shop-prod-web-blue@consulcatalog", b"200", b"GET"]
    assert found.values[place, -1] == pytest.approx(362.297026424001)
    assert (np.diff(found.values[:, :-1], axis=1) >= 0).all()
    assert found.bounds[:3].tolist() == [0.005, 0.01, 0.025]
    assert np.isinf(found.bounds[-1])
    assert found.open == {"direct": 0.0, "private": 0.0, "traefik": 2.0, "web": 0.0}
    assert parse(b"process_start_time_seconds 1.79521930798e+09\n", 5.0).started > 1.7e9


def test_what_the_local_edge_writes_is_read() -> None:
    found = parse(text((BLUE, 200, 0.15, 3), (BLUE, 503, 0.01, 2), opened=7), 5.0)

    assert found.bounds.tolist() == [*BOUNDS, np.inf]
    place = found.places[BLUE.encode(), b"200", b"GET"]
    assert found.values[place].tolist() == [0, 3, 3, 3, 3, pytest.approx(0.45)]
    assert found.open["web"] == 7


@pytest.mark.parametrize("page", [b"", b"# nothing\n", b"traefik_service_request_dur"])
def test_a_page_without_services_has_no_series(page: bytes) -> None:
    found = parse(page, 5.0)

    assert not found.places
    assert not found.open


@pytest.mark.parametrize(
    "page", [b"", b"<html>login</html>", b"# HELP traefik_x\n", b"go_threads 7\nnot_traefik_x 1\n"]
)
def test_what_is_not_traefiks_is_told_from_an_idle_edge(page: bytes) -> None:
    assert not of_traefik(page)


@pytest.mark.parametrize(
    "page", [RECORDED, Metrics().text(()).encode(), b"go_threads 7\r\ntraefik_x 1"]
)
def test_an_edge_that_nobody_asked_yet_is_traefiks(page: bytes) -> None:
    assert of_traefik(page)


def test_buckets_of_some_bounds_are_those_that_the_edge_would_have_counted() -> None:
    served = [(BLUE, 200, seconds, 2) for seconds in (0.05, 0.15, 0.3, 0.8, 3.0)]
    fine, coarse = parse(text(*served), 0.0), parse(text(*served, bounds=(0.2, 1.0)), 0.0)

    found = on_bounds(fine.values, fine.bounds, coarse.bounds)
    np.testing.assert_array_equal(found, coarse.values)


def test_upgraded_connections_are_left_out() -> None:
    page = text((BLUE, 101, 60.0, 1), (BLUE, 200, 0.1, 2))
    assert set(parse(page, 0.0).places) == {(BLUE.encode(), b"200", b"GET")}
    assert not parse(text((BLUE, 200, 60.0, 1), protocol="websocket"), 0.0).places


def test_what_was_counted_between_two_readings() -> None:
    before, now = text((BLUE, 200, 0.1, 3)), text((BLUE, 200, 0.1, 10))
    assert changed(before, now) == {BLUE: 7}


def test_a_counter_that_fell_began_again() -> None:
    before, now = text((BLUE, 200, 0.1, 8)), text((BLUE, 200, 0.1, 5))
    assert changed(before, now) == {BLUE: 5}


def test_a_series_that_came_began_at_nothing() -> None:
    before, now = text((BLUE, 200, 0.1, 8)), text((BLUE, 200, 0.1, 8), (GREEN, 200, 0.1, 2))
    assert changed(before, now) == {BLUE: 0, GREEN: 2}


def test_a_series_that_went_is_named() -> None:
    before, now = text((BLUE, 200, 0.1, 8), (GREEN, 200, 0.1, 2)), text((GREEN, 200, 0.1, 3))
    found = change(parse(before, 0.0), parse(now, 10.0))

    assert found is not None
    assert found.went == ((BLUE.encode(), b"200", b"GET"),)


def test_an_edge_that_was_started_again_has_no_reading_before() -> None:
    page = text((BLUE, 200, 0.1, 8))
    first = parse(b"process_start_time_seconds 1\n" + page, 0.0)
    second = parse(b"process_start_time_seconds 2\n" + page, 10.0)

    assert change(first, second) is None


def test_other_buckets_can_not_be_compared() -> None:
    page = text((BLUE, 200, 0.1, 8))

    assert change(parse(page, 0.0), parse(page.replace(b'le="0.5"', b'le="0.4"'), 10.0)) is None


def test_two_readings_of_one_moment_say_nothing() -> None:
    page = parse(text((BLUE, 200, 0.1, 8)), 5.0)
    assert change(page, page) is None


@given(st.lists(st.tuples(st.sampled_from([0.05, 0.15, 0.3, 2.0]), st.integers(0, 9)), max_size=6))
def test_no_request_is_lost_or_doubled(served: list[tuple[float, int]]) -> None:
    rows = [(BLUE, 200, seconds, times) for seconds, times in served]
    found = change(parse(text(), 0.0), parse(text(*rows), 10.0))

    assert found is not None
    assert found.values[:, -2].sum() == sum(times for _, times in served)
    assert found.values[:, -1].sum() == pytest.approx(sum(s * times for s, times in served))


def test_what_routers_answered_with_429_is_read_and_compared() -> None:
    served = (BLUE, 200, 0.1, 4)
    before = parse(text(served, routed=[(LIVE, 200, 4), (LIVE, 429, 3)]), 10.0)
    now = parse(text(served, routed=[(LIVE, 200, 4), (LIVE, 429, 8), (OTHER, 429, 2)]), 20.0)
    assert before.too_many == {LIVE.encode(): 3.0}
    found = change(before, now)
    assert found is not None
    assert found.too_many == {LIVE.encode(): 5.0, OTHER.encode(): 2.0}


def test_a_routers_counter_that_fell_began_again() -> None:
    before = parse(text(routed=[(LIVE, 429, 9)]), 10.0)
    found = change(before, parse(text(routed=[(LIVE, 429, 2)]), 20.0))
    assert found is not None
    assert found.too_many == {LIVE.encode(): 2.0}


def test_instances_that_answer_and_no_router_that_is_named_do_not_tell_what_was_turned_away() -> (
    None
):
    before, now = parse(text((BLUE, 200, 0.1, 4)), 10.0), parse(text((BLUE, 200, 0.1, 5)), 20.0)
    assert (before.too_many, parse(RECORDED, 10.0).too_many) == (None, None)
    found = change(before, now)
    assert found is not None
    assert found.too_many is None


def test_where_no_instance_answered_since_nothing_was_turned_away_either() -> None:
    """A release's tests leave series of services, and their router goes with its own."""
    tested, page = text((BLUE, 200, 0.1, 4)), [(LIVE, 429, 3)]
    quiet = change(parse(tested, 10.0), parse(tested, 20.0))
    first = change(parse(tested, 10.0), parse(text((BLUE, 200, 0.1, 9), routed=page), 20.0))
    assert quiet is not None
    assert first is not None
    assert (quiet.too_many, first.too_many) == ({}, {LIVE.encode(): 3.0})


def test_upgrades_that_a_router_refused_are_left_out() -> None:
    assert parse(text(routed=[(LIVE, 429, 4)], protocol="websocket"), 10.0).too_many == {}
