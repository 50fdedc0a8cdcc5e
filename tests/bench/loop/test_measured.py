"""A size, measured."""

from __future__ import annotations

import pytest

from bench.loop.arguments import Arguments
from bench.loop.meters import LOOP
from bench.loop.servers import ROLES, timed_arguments
from bench.loop.size import measure
from local.launch import processes
from local.launch.ports import derive

ROWS = {row.name: row.arguments for row in processes.platform(derive(8000), "127.0.0.1")}


NOT_MEASURED = ("worker-dump", "worker-fetch", "worker-replay", "worker-traffic")


def test_the_processes_are_those_that_run_starts() -> None:
    assert set(ROWS) - set(ROLES) == {"gunicorn", *NOT_MEASURED}
    assert set(ROLES) <= set(ROWS)


@pytest.mark.parametrize("name", [name for name in ROLES if name.startswith("worker-")])
def test_its_workers_note_what_jobs_cost_and_are_else_the_same(name: str) -> None:
    before, after = ROWS[name], timed_arguments(ROWS[name])

    assert [new for old, new in zip(before, after, strict=True) if old != new] == [
        "bench.loop.worker.Timed"
    ]


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_small_size_goes_the_whole_way() -> None:
    size = measure(40, Arguments(ticks=2, warm_up=2, interval_s=5), lambda _: None)

    assert size.jobs.keys() >= {"sample.sample", "tick.tick", "apply.several"}
    assert size.jobs["sample.sample"].number == pytest.approx(1, abs=0.5)
    assert size.scaled > 0
    assert all(size.cost.parts_s[part] > 0 for part in LOOP)
    assert size.bytes_per_day["platform_admin_tick"] >= 0
