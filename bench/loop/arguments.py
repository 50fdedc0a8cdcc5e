"""What was asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SIZES = (100, 1000, 10_000)
LARGEST = 40_000
TICKS, WARM_UP = 6, 3


@dataclass(frozen=True)
class Arguments:
    """The choices of one run: `ticks` are measured after `warm_up` others, `interval_s` apart."""

    sizes: tuple[int, ...] = SIZES
    json: Path | None = None
    ticks: int = TICKS
    warm_up: int = WARM_UP
    interval_s: int = 10
    logs: Path | None = None


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments; a relative path counts from where ./run was called."""
    parser = _parser()
    chosen = parser.parse_args(argv)
    called_from = Path(environ.get("MUSTER_CALLED_FROM", "."))
    if chosen.json and chosen.services is None:
        parser.error("--json writes one size: it needs --services")
    for name, least, most in (("services", 20, LARGEST), ("ticks", 2, 1000), ("interval", 2, 60)):
        value = getattr(chosen, name)
        if value is not None and not least <= value <= most:
            parser.error(f"--{name} is {value}; expected {least} to {most}")
    return Arguments(
        sizes=(chosen.services,) if chosen.services else SIZES,
        json=called_from / chosen.json if chosen.json else None,
        ticks=chosen.ticks,
        interval_s=chosen.interval,
        logs=called_from / chosen.logs if chosen.logs else None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run bench loop",
        description="Measures what the scaling loop costs and how fast it is, on a cluster that is"
        " played: 100, 1,000 and 10,000 services, about eight minutes.",
    )
    parser.add_argument("--services", type=int, help="only this size")
    parser.add_argument("--json", type=Path, help="write that size to this file as JSON")
    parser.add_argument("--ticks", type=int, default=TICKS, help=f"measured ones ({TICKS})")
    parser.add_argument("--interval", type=int, default=10, help="seconds between two (10)")
    parser.add_argument("--logs", type=Path, help="keep the logs of all processes in this folder")
    return parser
