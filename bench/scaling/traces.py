"""Recorded demand, read from CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
KINDS = ("web", "worker")
COUNTED = {"web": ("t_seconds", "requests"), "worker": ("t_seconds", "jobs")}
EVENTS = ("t_seconds", "service_seconds")


class TraceError(ValueError):
    """A file is no trace; the words say what was found and what is expected."""


@dataclass(frozen=True)
class Trace:
    """What arrived, as it was recorded.

    Counts have a bucket of `step_s` seconds a value; of jobs with known run times `step_s` is 0,
    and there is one of `times_s` and one of `values` (its run time in seconds) a job. Times count
    from the first one.
    """

    name: str
    kind: str
    step_s: int
    times_s: Floats
    values: Floats

    @property
    def seconds(self) -> int:
        """How long it lasts, in whole readings of 10 s."""
        last = float(self.times_s[-1]) + max(self.step_s, 1)
        return int(last) // 10 * 10


def read(path: Path) -> Trace:
    """The trace in a file; web or worker by the first word of the file's name.

    Raises TraceError for anything that is not in the form of the traces.
    """
    kind = path.stem.partition("_")[0]
    if kind not in KINDS:
        raise TraceError(
            f"{path.name}: the name begins with {kind!r}; expected web_ or worker_, as web_shop.csv"
        )
    try:
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = list(csv.reader(file)) or [[]]
    except FileNotFoundError:
        raise TraceError(f"{path}: there is no such file; expected a CSV trace") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path.name}: cannot be read as CSV ({error})") from None
    step_known = _check_header(path.name, kind, header)
    times, values = _numbers(path.name, rows)
    step_s = _step(path.name, times) if step_known else 0
    _check_times(path.name, times, strict=step_known)
    trace = Trace(path.stem, kind, step_s, times - times[0], values)
    if not trace.seconds:
        raise TraceError(f"{path.name}: is over within 10 s; expected 10 s or more")
    return trace


def _check_header(name: str, kind: str, header: Sequence[str]) -> bool:
    """Whether the file holds counts, not single jobs."""
    found = tuple(cell.strip() for cell in header)
    if found == COUNTED[kind]:
        return True
    if kind == "worker" and found == EVENTS:
        return False
    expected = ",".join(COUNTED[kind]) + (" or " + ",".join(EVENTS) if kind == "worker" else "")
    raise TraceError(f"{name}: the first line is {','.join(found)!r}; expected {expected}")


def _numbers(name: str, rows: Sequence[Sequence[str]]) -> tuple[Floats, Floats]:
    """Both columns; every value is finite and not negative."""
    if len(rows) < 2:
        raise TraceError(f"{name}: has {len(rows)} rows below the first line; expected 2 or more")
    table = np.empty((len(rows), 2))
    for index, row in enumerate(rows):
        try:
            first, second = row
            table[index] = float(first), float(second)
        except ValueError:
            raise TraceError(
                f"{name}, line {index + 2}: is {','.join(row)!r}; expected two numbers"
            ) from None
    bad = np.flatnonzero(~np.isfinite(table).all(axis=1) | (table < 0).any(axis=1))
    if bad.size:
        row = rows[bad[0]]
        raise TraceError(
            f"{name}, line {bad[0] + 2}: is {','.join(row)!r}; expected finite numbers from 0 up"
        )
    return table[:, 0], table[:, 1]


def _step(name: str, times: Floats) -> int:
    """Seconds a bucket."""
    step = times[1] - times[0]
    if step < 1 or step != int(step):
        raise TraceError(
            f"{name}, line 3: begins {step:g} s after the line before; expected 1 s or more, whole"
        )
    return int(step)


def _check_times(name: str, times: Floats, *, strict: bool) -> None:
    gaps = np.diff(times)
    wrong = np.flatnonzero(gaps != gaps[0]) if strict else np.flatnonzero(gaps < 0)
    if wrong.size:
        line, gap = wrong[0] + 3, gaps[wrong[0]]
        expected = f"{gaps[0]:g} s, as everywhere before" if strict else "times that never go back"
        raise TraceError(
            f"{name}, line {line}: begins {gap:g} s after the line before; expected {expected}"
        )
