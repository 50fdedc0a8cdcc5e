"""What was asked for on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from examples import NAMES
from local.launch.problem import Problem

ANYWHERE = "0.0.0.0"  # noqa: S104


@dataclass(frozen=True)
class Arguments:
    """The choices of one start."""

    port: int | None
    state: Path
    bind: str
    real: bool
    json: Path | None = None
    example: str = NAMES[0]


def parse(argv: Sequence[str], environ: Mapping[str, str]) -> Arguments:
    """The arguments; a relative folder counts from where ./run was called."""
    parser = _parser("./run", "Starts Muster and everything it needs on this machine.")
    parser.add_argument(
        "--example",
        choices=NAMES,
        help="the example app that is live at the end (shop); warehouse has all kinds and links",
    )
    return _chosen(parser, argv, environ)


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
        "--port",
        type=int,
        help="Muster's own port, all others derive from it (8000, or that of the state folder)",
    )
    parser.add_argument(
        "--state",
        type=_folder,
        help="where data, secrets and logs live (.muster, with --real .muster-real)",
    )
    parser.add_argument(
        "--bind",
        choices=("127.0.0.1", ANYWHERE),
        default="127.0.0.1",
        help="where Muster itself listens: on this machine (127.0.0.1), or for all (0.0.0.0)",
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
    if chosen.bind == ANYWHERE and not environ.get("MUSTER_URL"):
        raise Problem(
            f"--bind {ANYWHERE} lets others in: say by which address they come, such as "
            "MUSTER_URL=https://muster.example.org"
        )
    called_from = Path(environ.get("MUSTER_CALLED_FROM", "."))
    usual = Path(".muster-real" if chosen.real else ".muster").resolve()
    state = chosen.state or Path(environ.get("MUSTER_STATE") or usual)
    json = getattr(chosen, "json", None)
    example = getattr(chosen, "example", None) or NAMES[0]
    return Arguments(
        chosen.port,
        called_from / state,
        chosen.bind,
        chosen.real,
        (called_from / json).resolve() if json else None,
        example,
    )


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name is no folder: give one, such as .muster")
    return Path(text)
