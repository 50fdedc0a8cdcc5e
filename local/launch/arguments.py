"""What was asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Arguments:
    """The choices of one start."""

    port: int
    state: Path
    bind: str
    real: bool


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments; a relative folder counts from where ./run was called."""
    parser = argparse.ArgumentParser(
        prog="./run", description="Starts Muster and everything it needs on this machine."
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="Muster's own port, all others derive from it (8000)"
    )
    parser.add_argument(
        "--state",
        type=Path,
        help="where data, secrets and logs live (.muster, with --real .muster-real)",
    )
    parser.add_argument(
        "--bind", default="127.0.0.1", help="the address where Muster itself listens (127.0.0.1)"
    )
    parser.add_argument(
        "--real",
        action="store_true",
        help="start nomad, consul and traefik from the PATH instead of the local cluster",
    )
    chosen = parser.parse_args(argv)
    called_from = Path(environ.get("MUSTER_CALLED_FROM", "."))
    usual = Path(".muster-real" if chosen.real else ".muster").resolve()
    state = chosen.state or Path(environ.get("MUSTER_STATE") or usual)
    return Arguments(chosen.port, called_from / state, chosen.bind, chosen.real)
