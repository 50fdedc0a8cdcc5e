"""Reading traces, and what is said of files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.scaling.traces import Trace, TraceError, read
from bench.scaling.window import DAY_S, group, window


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text)
    return path


def counts(days: float, step_s: int, peak_day: float) -> Trace:
    """One arrival a bucket, and a peak."""
    times = np.arange(0, days * DAY_S, step_s)
    values = np.ones(len(times))
    values[int(peak_day * DAY_S) // step_s] = 9
    return Trace("web_made", "web", step_s, times, values)


def test_counts_and_jobs_are_read(tmp_path: Path) -> None:
    web = read(written(tmp_path, "web_a.csv", "t_seconds,requests\n0,5\n60,7.0\n"))
    jobs = read(written(tmp_path, "worker_b.csv", "t_seconds,service_seconds\n0,5\n9,7\n"))

    assert (web.name, web.kind, web.step_s, web.seconds) == ("web_a", "web", 60, 120)
    assert (jobs.kind, jobs.step_s, jobs.values.tolist()) == ("worker", 0, [5.0, 7.0])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("shop.csv", "t_seconds,requests\n0,1\n", "'shop'; expected web_ or worker_"),
        ("web_a.csv", "time,requests\n0,1\n", "'time,requests'; expected t_seconds,requests"),
        ("web_a.csv", "", "''; expected t_seconds,requests"),
        ("worker_a.csv", "a,b\n0,1\n", "t_seconds,jobs or t_seconds,service_seconds"),
        ("web_a.csv", "t_seconds,requests\n0,1\n", "1 rows below the first line; expected 2"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1,x\n", "line 3: is '1,x'; expected two numbers"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1\n", "line 3: is '1'; expected two numbers"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1,-2\n", "line 3: is '1,-2'; expected finite"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1,nan\n", "line 3: is '1,nan'; expected finite"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1,1\n3,1\n", "line 4: begins 2 s after"),
        ("web_a.csv", "t_seconds,requests\n0,1\n0,1\n", "line 3: begins 0 s after"),
        ("worker_a.csv", "t_seconds,service_seconds\n5,1\n0,1\n", "expected times that never go"),
        ("web_a.csv", "t_seconds,requests\n0,1\n1,1\n", "is over within 10 s; expected 10 s"),
    ],
)
def test_a_bad_file_is_told_what_was_found_and_expected(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    with pytest.raises(TraceError) as caught:
        read(written(tmp_path, name, text))

    assert said in str(caught.value)
    assert name in str(caught.value)


def test_times_count_from_the_first_one(tmp_path: Path) -> None:
    trace = read(written(tmp_path, "web_a.csv", "t_seconds,requests\n1000000,5\n1000060,7\n"))

    assert (trace.times_s.tolist(), trace.seconds) == ([0.0, 60.0], 120)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="there is no such file"):
        read(tmp_path / "web_a.csv")


@pytest.mark.parametrize(
    ("days", "step_s", "table"),
    [(1, 60, "short"), (3, 60, "scored"), (3, 300, "interpolated"), (1, 300, "short")],
)
def test_short_and_interpolated_traces_have_tables_of_their_own(
    days: int, step_s: int, table: str
) -> None:
    assert group(counts(days, step_s, 0)) == table


def test_of_a_long_trace_the_peak_is_scored_after_a_day_to_warm_up() -> None:
    part = window(counts(60, 300, 40.5))

    assert part.end_s - part.begin_s == 15 * DAY_S
    assert part.scored_from_s == part.begin_s + DAY_S
    assert part.scored_from_s <= 40.5 * DAY_S < part.end_s


def test_a_short_trace_is_scored_as_a_whole() -> None:
    part = window(counts(1.5, 60, 1))

    assert (part.begin_s, part.scored_from_s, part.end_s) == (0, 0, 1.5 * DAY_S)
