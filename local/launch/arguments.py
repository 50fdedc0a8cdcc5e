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
    json: Path | None = None


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments; a relative folder counts from where ./run was called."""
    return _chosen(
        _parser("./run", "Starts Muster and everything it needs on this machine."), argv, environ
    )


def parse_demo(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments of ./run demo: those of a start, and where the summary is written."""
    parser = _parser(
        "./run demo",
        "Sends load to the example app, and shows how Muster keeps up: a timeline, a summary, and"
        " exit code 0 where all was as it should be. It takes 6 to 8 minutes. It uses the Muster"
        " that runs on the state folder, or starts one and stops it at the end.",
    )
    parser.add_argument("--json", type=Path, help="write the summary to this file as JSON too")
    return _chosen(parser, argv, environ)


def _parser(prog: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description=description)
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
    return parser


def _chosen(
    parser: argparse.ArgumentParser, argv: Sequence[str], environ: Mapping[str, str]
) -> Arguments:
    chosen = parser.parse_args(argv)
    called_from = Path(environ.get("MUSTER_CALLED_FROM", "."))
    usual = Path(".muster-real" if chosen.real else ".muster").resolve()
    state = chosen.state or Path(environ.get("MUSTER_STATE") or usual)
    json = getattr(chosen, "json", None)
    return Arguments(
        chosen.port,
        called_from / state,
        chosen.bind,
        chosen.real,
        (called_from / json).resolve() if json else None,
    )
