"""`python -m tests`: every check of this repository; `./run test` calls it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", (str(BIN / "ruff"), "check", "--quiet")),
    ("ruff format", (str(BIN / "ruff"), "format", "--check", "--quiet")),
    ("mypy", (sys.executable, "-m", "mypy", "--no-error-summary")),
    ("import rules", (str(BIN / "lint-imports"), "--no-logo")),
)
PYTEST = (sys.executable, "-m", "pytest", "-q")


def main(arguments: Sequence[str]) -> int:
    """0 when all passed, else 1. With arguments for pytest only that runs."""
    full = "--full" in arguments
    own = [argument for argument in arguments if argument != "--full"]
    checks = [] if own else list(CHECKS)
    checks.append(("pytest", pytest(full, own)))
    results = [(name, *_timed(name, command)) for name, command in checks]
    print()
    for name, code, seconds in results:
        print(f"{name:<14} {'passed' if code == 0 else 'FAILED':<8} {seconds:6.1f} s")
    return int(any(code for _, code, _ in results))


def pytest(full: bool, own: Sequence[str]) -> tuple[str, ...]:
    """The command that runs the tests: two at once, without the long ones unless `full`."""
    chosen = () if full else ("-m", "not full")
    workers = () if own else ("-n", "2", "--dist", "loadgroup")
    return (*PYTEST, *workers, *chosen, *own)


def _timed(name: str, command: Sequence[str]) -> tuple[int, float]:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=CHECKOUT, check=False).returncode
    return code, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
