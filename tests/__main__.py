"""`python -m tests`: every check of this repository; `./run test` calls it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, STDOUT

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# What tests ask for that do more with `--full`; tests/inputs.py does.
FULL = "FULL_TESTS"

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", (str(BIN / "ruff"), "check", "--quiet")),
    ("ruff format", (str(BIN / "ruff"), "format", "--check", "--quiet")),
    ("import rules", (str(BIN / "lint-imports"), "--no-logo")),
    ("mypy", (sys.executable, "-m", "mypy", "--no-error-summary")),
)
PYTEST = (sys.executable, "-m", "pytest", "-q")
# Where it is set, every process of the tests would compile again what the one before compiled.
NOT_INHERITED = "PYTHONDONTWRITEBYTECODE"

Result = tuple[str, int, float]


def main(arguments: Sequence[str]) -> int:
    """0 when all passed, else 1. With arguments for pytest only that runs."""
    full = "--full" in arguments
    own = [argument for argument in arguments if argument != "--full"]
    with ThreadPoolExecutor(1) as beside:
        # Tests wait for much, and mypy has use for one processor only.
        checks = [] if own else [beside.submit(_beside, *check) for check in CHECKS]
        tests = _run("pytest", pytest(full, own), {FULL: "yes"} if full else {})
    results = [*(check.result() for check in checks), tests]
    print()
    for name, code, seconds in results:
        print(f"{name:<14} {'passed' if code == 0 else 'FAILED':<8} {seconds:6.1f} s")
    return int(any(code for _, code, _ in results))


def pytest(full: bool, own: Sequence[str]) -> tuple[str, ...]:
    """The command that runs the tests: two at once, without the long ones unless `full`."""
    # Hypothesis calls it ci: the same inputs each time, and however long they take.
    chosen = () if full else ("-m", "not full", "--hypothesis-profile", "ci")
    workers = () if own else ("-n", "2")
    return (*PYTEST, *workers, *chosen, *own)


def _run(name: str, command: Sequence[str], more: Mapping[str, str]) -> Result:
    """How it ended; what it says is seen while it goes on."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(
        command, cwd=CHECKOUT, env={**_inherited(), **more}, check=False
    ).returncode
    return name, code, time.monotonic() - began


def _beside(name: str, command: Sequence[str]) -> Result:
    """How it ended; what it said is printed in one piece then."""
    began = time.monotonic()
    ended = subprocess.run(
        command, cwd=CHECKOUT, env=_inherited(), check=False, text=True, stdout=PIPE,
        stderr=STDOUT,
    )  # fmt: skip
    if ended.returncode:
        print(f"\n== {name}\n{ended.stdout}", flush=True)
    return name, ended.returncode, time.monotonic() - began


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != NOT_INHERITED}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
