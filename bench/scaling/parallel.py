"""All tasks of a run of the benchmark, on the cores at hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from bench.scaling.policies import POLICIES
from bench.scaling.task import Baseline, Plan, Result, baseline, results

Step = Callable[[str, float], None]


@dataclass(frozen=True)
class Measured:
    """A trace's baseline, and each policy's result by its name."""

    base: Baseline
    results: dict[str, Result]


def measure(
    paths: Sequence[Path], policies: Sequence[str], plan: Plan, step: Step
) -> list[Measured]:
    """What was measured on each trace; `step` hears of every task that is done."""
    began = time.monotonic()
    found: dict[Path, Measured] = {}
    with ProcessPoolExecutor(max_workers=cores()) as pool:
        bases = {pool.submit(baseline, path, plan): path for path in paths}
        waiting: dict[Future[Result], tuple[Path, str]] = {}
        for base in as_completed(bases):
            path, outcome = bases[base], base.result()
            found[path] = Measured(outcome, {})
            for name in having(policies, outcome.kind):
                waiting[pool.submit(results, path, name, plan, outcome)] = (path, name)
            step(f"{path.stem}, optimum", time.monotonic() - began)
        for result in as_completed(waiting):
            path, name = waiting[result]
            found[path].results[name] = result.result()
            step(f"{path.stem}, {name}", time.monotonic() - began)
    return [_in_order(found[path], policies) for path in paths]


def having(policies: Sequence[str], kind: str) -> list[str]:
    """Those of the policies that there are for this kind of service."""
    return [name for name in policies if kind in POLICIES[name].families]


def cores() -> int:
    """How many processes run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_order(measured: Measured, policies: Sequence[str]) -> Measured:
    return Measured(
        measured.base,
        {name: measured.results[name] for name in policies if name in measured.results},
    )
