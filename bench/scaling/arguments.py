"""What was asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.scaling.policies import POLICIES
from bench.scaling.task import Plan
from bench.scaling.window import SCORED_DAYS
from scaler.replay.settings import STARTUPS_S

CHECKOUT = Path(__file__).resolve().parents[2]
SEEDS = 5
QUICK = Plan(startups_s=(30,), seeds=1, scored_days=1)
LONGEST_STARTUP_S = 3600


@dataclass(frozen=True)
class Arguments:
    """The choices of one run of the benchmark; no `policies` means all."""

    traces: Path
    out: Path
    trace: Path | None
    policies: tuple[str, ...]
    json: bool
    seed: int
    plan: Plan


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments; a relative path counts from where ./run was called."""
    parser = _parser()
    chosen = parser.parse_args(argv)
    called_from = Path(environ.get("MUSTER_CALLED_FROM", "."))
    if chosen.json and (chosen.trace is None or chosen.policy is None):
        parser.error("--json prints one run: it needs --trace and --policy")
    if chosen.startup is not None and not 1 <= chosen.startup <= LONGEST_STARTUP_S:
        parser.error(f"--startup is {chosen.startup}; expected 1 to {LONGEST_STARTUP_S} seconds")
    if chosen.seed < 0:
        parser.error(f"--seed is {chosen.seed}; expected 0 or more")
    full = Plan(STARTUPS_S, SEEDS, SCORED_DAYS)
    base = QUICK if chosen.quick else full
    startups = base.startups_s if chosen.startup is None else (chosen.startup,)
    return Arguments(
        traces=called_from / chosen.traces if chosen.traces else CHECKOUT / "../shared/traces",
        out=called_from / chosen.out if chosen.out else CHECKOUT / ".bench",
        trace=called_from / chosen.trace if chosen.trace else None,
        policies=(chosen.policy,) if chosen.policy else (),
        json=chosen.json,
        seed=chosen.seed,
        plan=Plan(startups, base.seeds, base.scored_days),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run bench scaling",
        description="Measures scaling policies on recorded demand, beside a clairvoyant optimum.",
    )
    parser.add_argument("--quick", action="store_true", help="one scored day, 30 s, one seed")
    parser.add_argument(
        "--trace", type=Path, help="only this CSV file, web_ or worker_ by its name"
    )
    parser.add_argument("--startup", type=int, help="only this start-up time in seconds")
    parser.add_argument(
        "--policy",
        choices=sorted(POLICIES),
        help="only this one; one of Muster's own runs beside all peers",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one run as JSON: of --trace and --policy, at its default, --startup or 30 s",
    )
    parser.add_argument("--seed", type=int, default=0, help="the seed of that run (0)")
    parser.add_argument("--traces", type=Path, help="the traces' folder (../shared/traces)")
    parser.add_argument("--out", type=Path, help="where the report goes (.bench)")
    return parser
