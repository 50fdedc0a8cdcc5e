"""What readings and lines come to."""

from __future__ import annotations

import json

import pytest

from bench.loop.jobs import Spent, spent
from bench.loop.lag import Lags
from bench.loop.meters import Cost, Reading, cost
from bench.loop.report import summary, table
from bench.loop.size import Size

COST = Cost(1.5, {"scale": 1.0, "standin": 3.0, "postgres of scale": 0.5})
SIZE = Size(
    services=1000,
    cells=1,
    cost=COST,
    jobs={"tick.tick": Spent(16, 0.7, 0.05)},
    rss_mb=700.0,
    postgres_mb=150.0,
    bytes_per_day={"platform_admin_tick": 1e9, "platform_admin_scalingevent": 2e8},
    lags=Lags(5.0, 11.0, 30, 0),
    scaled=80,
    load=(1.0, 2.0),
)


def test_the_loop_costs_its_parts_and_their_backends_at_the_median_tick() -> None:
    readings = [
        Reading(10.0 * n, {"scale": s, "postgres of scale": s / 2, "upkeep": 9.0 * n, "standin": s})
        for n, s in enumerate((0.0, 1.0, 2.0, 12.0))
    ]

    found = cost(readings)

    assert found.loop_s == pytest.approx(1.5)
    assert found.parts_s == pytest.approx(
        {"scale": 4.0, "postgres of scale": 2.0, "upkeep": 9.0, "standin": 4.0}
    )


def test_what_only_plays_the_cluster_is_no_cost_of_muster() -> None:
    assert COST.all_s == 1.5


def test_jobs_are_counted_in_their_time_an_interval() -> None:
    rows = [(1.0, 0.5), (11.0, 0.25), (12.0, 0.75), (21.0, 0.5)]
    lines = [
        json.dumps({"name": "scaler.loop.tick.tick", "at": at, "began": at - 2, "cpu_s": cpu})
        for at, cpu in rows
    ]

    assert spent(lines, 10, 20, 2) == {"tick.tick": Spent(number=1, cpu_s=0.5, took_s=2)}


def test_one_size_as_json_has_the_figures_by_their_names() -> None:
    said = summary(SIZE)
    wanted = {
        "services": 1000,
        "cpu_s_per_tick": 1.5,
        "rss_mb": 700.0,
        "db_bytes_per_day": 1_200_000_000,
        "lag_median_s": 5.0,
        "lag_max_s": 11.0,
    }

    assert {name: said[name] for name in wanted} == wanted


def test_the_table_says_how_the_cost_of_a_service_grows() -> None:
    lines = table([SIZE, SIZE]).splitlines()

    assert next(line for line in lines if "ms a service" in line).split()[-2:] == ["1.50"] * 2
    assert len({len(line) for line in lines}) == 1
