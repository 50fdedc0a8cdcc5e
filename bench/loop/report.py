"""What was measured, as JSON and as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bench.loop.size import Size

SAMPLE = "sample.sample"


def summary(size: Size) -> dict[str, Any]:
    """One size as JSON values; lags are null where nothing was late."""
    return {
        "services": size.services,
        "cpu_s_per_tick": round(size.cost.loop_s, 3),
        "rss_mb": round(size.rss_mb, 1),
        "db_bytes_per_day": round(sum(size.bytes_per_day.values())),
        "lag_median_s": None if size.lags is None else round(size.lags.median_s, 2),
        "lag_max_s": None if size.lags is None else round(size.lags.max_s, 2),
        "cells": size.cells,
        "samples_per_tick": round(_samples(size), 2),
        "breaches": 0 if size.lags is None else size.lags.number,
        "breaches_waiting": 0 if size.lags is None else size.lags.waiting,
        "scale_requests": size.scaled,
        "cpu_s_all_per_tick": round(size.cost.all_s, 3),
        "cpu_s_by_part": {name: round(each, 3) for name, each in size.cost.parts_s.items()},
        "jobs": {
            name: {
                "per_tick": round(each.number, 2),
                "cpu_s_per_tick": round(each.cpu_s, 3),
                "took_s": round(each.took_s, 3),
            }
            for name, each in size.jobs.items()
        },
        "postgres_mb": round(size.postgres_mb, 1),
        "db_bytes_per_day_by_table": {n: round(each) for n, each in size.bytes_per_day.items()},
        "load_average": [round(each, 2) for each in size.load],
    }


def text(size: Size) -> str:
    """One size as JSON text."""
    return json.dumps(summary(size), indent=1) + "\n"


def table(sizes: Sequence[Size]) -> str:
    """All sizes beside each other, and how they grow."""
    rows = [("", *(f"{size.services:,}" for size in sizes))]
    rows.append(("cells", *(str(size.cells) for size in sizes)))
    rows.append(("samples a tick, one a cell is due", *(f"{_samples(s):.1f}" for s in sizes)))
    rows.append(("CPU of the loop, s a tick", *(f"{s.cost.loop_s:.2f}" for s in sizes)))
    rows.append(("  ms a service", *(f"{1000 * s.cost.loop_s / s.services:.2f}" for s in sizes)))
    parts = sorted({part for size in sizes for part in size.cost.parts_s})
    rows += [(f"  {p}", *(f"{s.cost.parts_s.get(p, 0):.2f}" for s in sizes)) for p in parts]
    jobs = sorted({name for size in sizes for name in size.jobs})
    rows += [
        (f"  job {n}", *(f"{s.jobs[n].cpu_s:.2f}" if n in s.jobs else "-" for s in sizes))
        for n in jobs
    ]
    rows.append(("memory of Muster, MB", *(f"{s.rss_mb:.0f}" for s in sizes)))
    rows.append(("memory of Postgres, MB", *(f"{s.postgres_mb:.0f}" for s in sizes)))
    rows.append(
        ("written a day, MB", *(f"{sum(s.bytes_per_day.values()) / 1e6:.0f}" for s in sizes))
    )
    rows.append(("lag, median s", *(_lag(s, "median_s") for s in sizes)))
    rows.append(("lag, longest s", *(_lag(s, "max_s") for s in sizes)))
    rows.append(("breaches", *(str(s.lags.number if s.lags else 0) for s in sizes)))
    rows.append(("  without a request yet", *(str(s.lags.waiting if s.lags else 0) for s in sizes)))
    rows.append(("load average", *(" to ".join(f"{x:.1f}" for x in s.load) for s in sizes)))
    return "\n".join(f"{row[0]:<34}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows)


def _samples(size: Size) -> float:
    """How many samples an interval had: fewer than cells where the machine can not keep up."""
    return size.jobs[SAMPLE].number if SAMPLE in size.jobs else 0.0


def _lag(size: Size, name: str) -> str:
    return "-" if size.lags is None else f"{getattr(size.lags, name):.1f}"
