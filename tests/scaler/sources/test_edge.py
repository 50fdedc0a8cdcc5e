from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from jobs.edge import Edge
from jobs.errors import Unavailable
from scaler.sources import edge
from scaler.sources.counters import change, parse
from scaler.sources.edge import EdgeSource, columns
from scaler.sources.source import Asked, Reading
from tests.scaler.sources.text import (
    API,
    BLUE,
    FALLBACK,
    GREEN,
    LIVE,
    RECORDED,
    text,
    without_services,
)

WEB, PRIVATE = "shop-production-web", "shop-production-api"


def asked(now: float = 100.0) -> Asked:
    return Asked(1, now, (WEB, PRIVATE), ("web", "private"), (None, None))


def figures(*pages: tuple[bytes, bytes]) -> dict[str, list[float]]:
    """The columns from each edge's pages before and after ten seconds."""
    pairs = [(parse(before, 90.0), parse(now, 100.0)) for before, now in pages]
    changes = [found for pair in pairs if (found := change(*pair)) is not None]
    table = columns(asked(), changes, [now for _, now in pairs])
    return {name: column.tolist() for name, column in table.items()}


def test_both_colours_are_one_service() -> None:
    now = text((BLUE, 200, 0.15, 30), (GREEN, 200, 0.15, 10), (API, 200, 0.05, 5))
    found = figures((text(), now))

    assert found["rate"] == pytest.approx([4.0, 0.5])
    assert found["mean_s"] == pytest.approx([0.15, 0.05])
    assert found["concurrency"] == pytest.approx([0.6, 0.025])
    assert 0.1 < found["p50_s"][0] < found["p95_s"][0] < found["p99_s"][0] <= 0.2
    assert found["edge_age_s"] == [0.0, 0.0]


def test_fast_errors_are_no_latency_but_are_counted() -> None:
    found = figures((text(), text((BLUE, 200, 0.45, 10), (BLUE, 503, 0.01, 30))))

    assert found["rate"][0] == pytest.approx(4.0)
    assert found["errors"][0] == pytest.approx(3.0)
    assert found["mean_s"][0] == pytest.approx(0.45)
    assert found["p50_s"][0] > 0.2


def test_what_the_fallback_answers_is_demand_of_its_own() -> None:
    found = figures((text(), text((FALLBACK, 503, 0.01, 20))))

    assert found["fallback"] == pytest.approx([2.0, 0.0])
    assert found["rate"] == [0.0, 0.0]
    assert found["errors"] == [0.0, 0.0]


def test_what_routers_refused_is_what_their_instances_did_not_answer_themselves() -> None:
    served = [(BLUE, 200, 0.1, 30), (GREEN, 429, 0.01, 6), (API, 429, 0.01, 5)]
    routed = [(LIVE, 200, 24), (LIVE, 429, 40), (f"{WEB}--share-dns@consul", 429, 10)]
    routed += [(f"{PRIVATE}--live-path@consul", 429, 5), (FALLBACK, 429, 7), ("x@internal", 429, 9)]
    found = figures((text(), text(*served, routed=routed)))

    assert found["refused"] == pytest.approx([4.4, 0.0])
    assert found["rate"] == pytest.approx([3.6, 0.5])


def test_where_an_edge_does_not_tell_what_is_refused_it_is_unknown_for_all() -> None:
    told = text((BLUE, 200, 0.1, 30), routed=[(LIVE, 429, 40)])
    found = figures((text(), told), (text(), text((BLUE, 200, 0.1, 30))))

    assert np.isnan(found["refused"]).all()
    assert found["rate"][0] == pytest.approx(6.0)


def test_several_edges_are_summed() -> None:
    one, other = text((BLUE, 200, 0.15, 30)), text((BLUE, 200, 0.05, 10))
    found = figures((text(), one), (text(), other))

    assert found["rate"][0] == pytest.approx(4.0)
    assert found["mean_s"][0] == pytest.approx(0.125)


def test_edges_with_other_buckets_are_told_by_those_that_all_have() -> None:
    served = [(BLUE, 200, seconds, 5) for seconds in (0.05, 0.15, 0.3, 0.8)]
    wide, narrow = (0.1, 0.2, 0.3, 1.0), (0.1, 0.2, 1.0)
    other = figures((text(bounds=wide), text(*served, bounds=wide)), (text(), text(*served)))
    same = figures(*2 * [(text(bounds=narrow), text(*served, bounds=narrow))])

    np.testing.assert_equal(other, same)
    assert other["rate"] == pytest.approx([4.0, 0.0])


def test_edges_without_a_bucket_in_common_tell_no_quantile() -> None:
    served = (BLUE, 200, 0.15, 10)
    found = figures(
        (text(bounds=(0.3,)), text(served, bounds=(0.3,))),
        (text(bounds=(0.4,)), text(served, bounds=(0.4,))),
    )
    assert np.isnan([found[name] for name in ("p50_s", "p95_s", "p99_s")]).all()
    assert (found["rate"][0], found["mean_s"][0]) == pytest.approx((2.0, 0.15))


def test_an_idle_edge_beside_a_busy_one_takes_no_bucket_from_it() -> None:
    page = text((BLUE, 200, 0.15, 30))
    np.testing.assert_equal(figures((text(), page), (text(), text())), figures((text(), page)))


def test_a_service_that_nobody_asked_is_known_to_be_idle() -> None:
    found = figures((text(), text()))

    assert found["rate"] == [0.0, 0.0]
    assert np.isnan(found["mean_s"]).all()
    assert np.isnan(found["p95_s"]).all()


def test_a_service_whose_series_went_is_unknown_not_idle() -> None:
    found = figures((text((BLUE, 200, 0.1, 8), (API, 200, 0.1, 8)), text((API, 200, 0.1, 9))))

    assert np.isnan(found["rate"][0])
    assert np.isnan(found["fallback"][0])
    assert found["rate"][1] == pytest.approx(0.1)


def test_a_colour_that_went_takes_nothing_from_the_other() -> None:
    found = figures((text((BLUE, 200, 0.1, 8), (GREEN, 200, 0.1, 8)), text((GREEN, 200, 0.1, 9))))
    assert found["rate"][0] == pytest.approx(0.1)


def test_open_connections_are_those_by_which_a_service_is_reached() -> None:
    assert figures((text(), text(opened=7)))["open"] == [7.0, 0.0]


# The source itself: which edges there are, and what they answered before.

Fetch = Callable[..., bytes]


class Edges:
    """What Consul says of the edges, and what each of them answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pages: dict[str, bytes | Unavailable] = {}
        self.consul: Unavailable | None = None
        monkeypatch.setattr(edge, "servers", SimpleNamespace(consul=lambda: None))
        monkeypatch.setattr(edge, "edges", self._edges)
        monkeypatch.setattr(edge, "metrics", self._metrics)

    def _edges(self, _: object) -> tuple[Edge, ...]:
        if self.consul:
            raise self.consul
        return tuple(Edge(name, name, "", "", "") for name in self.pages)

    def _metrics(self, api: str, *, within_s: float) -> bytes:
        page = self.pages[api]
        if isinstance(page, Unavailable):
            raise page
        return page


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Edges:
    return Edges(monkeypatch)


def rates(reading: Reading) -> list[float] | None:
    column = reading.columns.get("rate")
    return None if column is None else column.tolist()


def test_the_first_reading_says_nothing_yet(there: Edges) -> None:
    source = EdgeSource()
    there.pages = {"a": text((BLUE, 200, 0.1, 8))}
    assert source.read(asked(90.0)) == Reading({})

    there.pages = {"a": text((BLUE, 200, 0.1, 18))}
    assert rates(source.read(asked(100.0))) == pytest.approx([1.0, 0.0])


def test_an_edge_that_came_makes_one_interval_unknown(there: Edges) -> None:
    source = EdgeSource()
    there.pages = {"a": text()}
    source.read(asked(80.0))
    there.pages = {"a": text(), "b": text((BLUE, 200, 0.1, 500))}
    assert rates(source.read(asked(90.0))) is None

    there.pages = {"a": text(), "b": text((BLUE, 200, 0.1, 520))}
    assert rates(source.read(asked(100.0))) == pytest.approx([2.0, 0.0])


def test_while_one_edge_does_not_answer_nothing_is_known(there: Edges) -> None:
    source = EdgeSource()
    there.pages = {"a": text(), "b": text()}
    source.read(asked(90.0))
    there.pages = {"a": text(), "b": Unavailable("b cannot be reached", server="edge")}

    assert source.read(asked(100.0)) == Reading({}, ("b cannot be reached",))


@pytest.mark.parametrize("page", [b"", b"<html>login</html>", b"go_threads 7\n"])
def test_a_page_that_is_not_traefiks_is_a_failure_not_an_idle_edge(
    there: Edges, page: bytes
) -> None:
    source = EdgeSource()
    there.pages = {"http://a": text((BLUE, 200, 0.1, 8)), "http://b": text((BLUE, 200, 0.1, 8))}
    source.read(asked(70.0))
    there.pages["http://b"] = page
    said = "edge at http://b answered with something else than Traefik's metrics"
    for now in (80.0, 90.0, 100.0):
        assert source.read(asked(now)) == Reading({}, (said,))

    there.pages["http://b"] = text((BLUE, 200, 0.1, 9))
    assert source.read(asked(110.0)) == Reading({})
    assert rates(source.read(asked(120.0))) == [0.0, 0.0]


def test_edges_whose_buckets_differ_are_read_and_it_is_said(there: Edges) -> None:
    source, few = EdgeSource(), (0.1, 0.2)
    there.pages = {"a": text(), "b": text(bounds=few)}
    source.read(asked(80.0))
    there.pages["a"] = text((BLUE, 200, 0.1, 10))
    assert source.read(asked(90.0)).failures == ()

    there.pages["b"] = text((BLUE, 200, 0.1, 10), bounds=few)
    reading = source.read(asked(100.0))
    assert rates(reading) == [1.0, 0.0]
    assert reading.failures == (
        "the edges' buckets differ: durations are told by those that all of them have",
    )


UNROUTED = "edge at a does not tell what it turns away: set addRoutersLabels: true in its metrics"


@pytest.mark.parametrize(
    ("guarded", "said"), [((True, False), (UNROUTED,)), ((False, False), ()), ((), ())]
)
def test_an_edge_without_routers_is_told_of_where_a_guard_is_on(
    there: Edges, guarded: tuple[bool, ...], said: tuple[str, ...]
) -> None:
    source = EdgeSource()
    for now, served in ((80.0, 3), (90.0, 8)):
        there.pages = {"a": text((BLUE, 200, 0.1, served))}
        reading = source.read(replace(asked(now), guarded=guarded))
    assert reading.failures == said
    assert np.isnan(reading.columns["refused"]).all()
    assert rates(reading) == [0.5, 0.0]


MUTE = "edge at a tells nothing per service: set addServicesLabels: true in its metrics"


def test_an_edge_that_answers_and_tells_nothing_per_service_is_a_failure_until_it_does(
    there: Edges,
) -> None:
    source = EdgeSource()
    there.pages = {"a": without_services(0)}
    assert source.read(asked(70.0)) == Reading({})

    there.pages = {"a": without_services(5)}
    assert source.read(asked(80.0)) == Reading({}, (MUTE,))
    assert source.read(asked(90.0)) == Reading({}, (MUTE,))

    there.pages = {"a": RECORDED + text((BLUE, 200, 0.1, 8))}
    assert source.read(asked(100.0)).failures == ()


@pytest.mark.parametrize(
    "pages",
    [
        (text(), text()),
        (without_services(0), without_services(0)),
        (without_services(0), without_services(5, code=404)),
        (text((BLUE, 200, 0.1, 8)), without_services(5)),
    ],
    ids=["fresh", "idle", "only what no service answers", "its last service went"],
)
def test_an_edge_that_has_nothing_to_tell_is_idle(there: Edges, pages: tuple[bytes, bytes]) -> None:
    source = EdgeSource()
    for now, page in zip((80.0, 90.0), pages, strict=True):
        there.pages = {"a": page}
        reading = source.read(asked(now))

    assert reading.failures == ()
    assert reading.columns


def test_an_edge_started_anew_is_asked_anew_whether_it_tells_per_service(there: Edges) -> None:
    source = EdgeSource()
    for now, more in ((70.0, 0), (80.0, 5)):
        there.pages = {"a": without_services(more)}
        source.read(asked(now))
    started = b"process_start_time_seconds 1.9e+09\n"
    there.pages = {"a": started + text()}

    assert source.read(asked(90.0)).failures == ()
    assert rates(source.read(asked(100.0))) == [0.0, 0.0]


def test_where_nothing_is_reached_by_an_edge_it_need_not_tell_anything(there: Edges) -> None:
    source, worker = EdgeSource(), ("mail",)
    for now, more in ((70.0, 0), (80.0, 5)):
        there.pages = {"a": without_services(more)}
        reading = source.read(Asked(1, now, worker, ("worker",), (None,)))

    assert reading.failures == ()


def test_without_consul_the_edges_are_the_last_known_ones(there: Edges) -> None:
    source = EdgeSource()
    there.consul = Unavailable("consul is away", server="consul")
    assert source.read(asked(80.0)) == Reading({}, ("consul is away",))

    there.consul, there.pages = None, {"a": text()}
    source.read(asked(90.0))
    there.consul = Unavailable("consul is away", server="consul")
    assert rates(source.read(asked(100.0))) == [0.0, 0.0]


def test_no_edge_at_all_is_a_failure(there: Edges) -> None:
    assert EdgeSource().read(asked()).failures == ("no edge passes in Consul",)


def test_what_muster_itself_reads_of_an_edge_is_no_answer_to_anybody() -> None:
    own = (
        b'traefik_entrypoint_requests_total{code="200",entrypoint="traefik",method="GET"} 9\n'
        b'traefik_router_requests_total{code="200",method="GET",router="ping@internal"} 9\n'
        b'traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET"} 3\n'
    )
    assert parse(own, 1.0).answered == 3
