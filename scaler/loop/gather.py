"""All sources at once, none of them waited for longer than it may take."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

from scaler.rules.arrays import Floats
from scaler.rules.freshness import LARGEST_READING
from scaler.samples.series import SERIES, Row, empty
from scaler.sources import Asked, Reading, Source
from scaler.sources.source import WITHIN_S

PATIENCE_S = 1.5 * WITHIN_S
_log = logging.getLogger(__name__)
_hanging: dict[str, Future[Reading]] = {}
_failing: dict[tuple[int, str], str] = {}
"""How each source of each cell failed last, until it works again."""


def gathered(
    sources: Mapping[str, Source], asked: Asked, patience_s: float = PATIENCE_S
) -> tuple[Row, tuple[str, ...]]:
    """What the sources say as a table of series, and what went wrong, a sentence each.

    A source that hangs is left alone, unknown, until it has come back. What is no number, below
    0 or impossibly large is unknown.
    """
    table = empty(len(asked))
    pool = ThreadPoolExecutor(len(sources), thread_name_prefix="source")
    free = [name for name in sources if name not in _hanging or _hanging[name].done()]
    answers = {name: pool.submit(sources[name].read, asked) for name in free}
    wait(answers.values(), timeout=patience_s)
    pool.shutdown(wait=False, cancel_futures=True)
    failures = [f"{name} does not answer in time" for name in sources if name not in free]
    for name, answer in answers.items():
        if not answer.done():
            _hanging[name] = answer
            failures.append(f"{name} does not answer in time")
            continue
        reading = _reading(asked.cell, name, answer)
        failures += [f"{name}: {said}" for said in reading.failures]
        for series, column in reading.columns.items():
            fill(table, series, column)
    return table, tuple(failures)


def fill(table: Row, series: str, column: Floats) -> None:
    """Puts a column into the table, what can not be true as unknown."""
    usable = (column >= 0) & (column <= LARGEST_READING)
    table[SERIES.index(series)] = np.where(usable, column, np.nan)


def _reading(cell: int, name: str, answer: Future[Reading]) -> Reading:
    """The answer. A mistake is logged with its traceback when it comes, not at every sample."""
    error = answer.exception()
    if error is None:
        _failing.pop((cell, name), None)
        return answer.result()
    failure = f"failed ({type(error).__name__})"
    if _failing.get((cell, name)) != failure:
        _failing[cell, name] = failure
        _log.error("cell %s: source %s %s", cell, name, failure, exc_info=error)
    return Reading({}, (failure,))
