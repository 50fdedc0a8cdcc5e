"""The agents' programs on the PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping

from local.launch.problem import Problem

NAMES = ("nomad", "consul", "traefik")


def find(env: Mapping[str, str]) -> dict[str, str]:
    """Each program's path by its name; a Problem that lists what is missing."""
    found = {name: shutil.which(name, path=env["PATH"]) for name in NAMES}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise Problem(
            f"--real starts {', '.join(NAMES)} from the PATH; missing: {', '.join(missing)}. "
            "Install them, or start without --real on the local cluster."
        )
    return {name: path for name, path in found.items() if path}


def version(program: str, env: Mapping[str, str]) -> tuple[int, int]:
    """The first two numbers of a program's version; (0, 0) where it names none."""
    shown = subprocess.run(
        [program, "version"], capture_output=True, text=True, env=env, check=False
    )
    numbers = re.search(r"v(\d+)\.(\d+)", shown.stdout)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)
