"""The files of a report."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from bench.scaling.parallel import Measured
from bench.scaling.report.page import page
from bench.scaling.row import Row, flat
from bench.scaling.task import Plan


def write(folder: Path, measured: Sequence[Measured], plan: Plan, took_s: float) -> list[Path]:
    """The paths of what was written into the folder."""
    rows = all_rows(measured)
    paths = [folder / f"scaling.{ending}" for ending in ("html", "csv", "json")]
    html, table, data = paths
    html.write_text(page(measured, plan, took_s), encoding="utf-8")
    with table.open("w", newline="", encoding="utf-8") as file:
        lines = [flat(row) for row in rows]
        writer = csv.DictWriter(file, list(lines[0]) if lines else [])
        writer.writeheader()
        writer.writerows(lines)
    data.write_text(
        json.dumps({"took_s": round(took_s, 1), "rows": [flat(row) for row in rows]}, indent=1),
        encoding="utf-8",
    )
    return [path.resolve() for path in paths]


def all_rows(measured: Sequence[Measured]) -> list[Row]:
    """Every row, trace by trace."""
    return [row for each in measured for result in each.results.values() for row in result.rows]
