"""`python -m bench.scaling`: measure, and write the report; `./run bench scaling` calls it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.scaling.arguments import Arguments, parse
from bench.scaling.parallel import having, measure
from bench.scaling.policies import POLICIES
from bench.scaling.progress import Progress
from bench.scaling.report import write
from bench.scaling.row import one_run
from bench.scaling.task import single
from bench.scaling.traces import TraceError, read


class OutError(OSError):
    """There is nowhere to write the report to."""


def main(argv: Sequence[str]) -> int:
    """0 when everything was measured; 2 when a trace cannot be read, or the folder not be made."""
    arguments = parse(argv, os.environ)
    try:
        return print_one(arguments) if arguments.json else report(arguments)
    except (TraceError, OutError) as error:
        print(error, file=sys.stderr)
        return 2


def print_one(arguments: Arguments) -> int:
    """Print one run as JSON."""
    assert arguments.trace is not None
    [name], startups = arguments.policies, arguments.plan.startups_s
    kind = read(arguments.trace).kind
    if kind not in POLICIES[name].families:
        raise TraceError(f"{arguments.trace.name}: {name} has no form for a {kind} service")
    startup_s = startups[0] if len(startups) == 1 else 30
    row = single(arguments.trace, name, startup_s, arguments.seed, arguments.plan.scored_days)
    print(json.dumps(one_run(row)))
    return 0


def report(arguments: Arguments) -> int:
    """Measure everything that was asked for, and write the report."""
    began = time.monotonic()
    paths = [arguments.trace] if arguments.trace else all_traces(arguments.traces)
    kinds = [read(path).kind for path in paths]
    make_folder(arguments.out)
    policies = chosen_policies(arguments.policies)
    total = len(paths) + sum(len(having(policies, kind)) for kind in kinds)
    progress = Progress(total, sys.stderr)
    measured = measure(paths, policies, arguments.plan, progress.step)
    for path in write(arguments.out, measured, arguments.plan, time.monotonic() - began):
        print(path)
    return 0


def make_folder(folder: Path) -> None:
    """Make the folder of the report before anything is measured."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutError(f"--out is {folder}: {error.strerror}; expected a folder") from None


def all_traces(folder: Path) -> list[Path]:
    """Every trace in the folder, by name."""
    paths = sorted([*folder.glob("web_*.csv"), *folder.glob("worker_*.csv")])
    if not paths:
        raise TraceError(
            f"{folder}: holds no web_*.csv or worker_*.csv; name the traces' folder with --traces"
        )
    return paths


def chosen_policies(names: Sequence[str]) -> list[str]:
    """These policies, or all; Muster's own are always measured beside the peers."""
    if names and not any(POLICIES[name].own for name in names):
        return list(names)
    peers = [name for name, entry in POLICIES.items() if not entry.own]
    own = [name for name, entry in POLICIES.items() if entry.own and (not names or name in names)]
    return peers + own


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
