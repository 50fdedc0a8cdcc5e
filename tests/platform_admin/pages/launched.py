"""A launcher's table as tests write it: what `./run` would have told of its parts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from time import time
from typing import Any


def part(name: str = "cron", **changes: object) -> dict[str, Any]:
    """A part that has run steadily for an hour, as the launcher writes it."""
    steady: dict[str, Any] = {
        "name": name,
        "purpose": f"does what {name} does",
        "pid": os.getpid(),
        "since": time() - 3600,
        "restarts": 0,
        "deaths": [],
        "ended": "",
        "again_at": None,
        "pause_s": 0.0,
        "stopped_since": None,
        "silent_since": None,
        "answers": None,
        "log": f"{name}.log",
    }
    return steady | changes


def down(name: str = "cron", times: int = 1, **changes: object) -> dict[str, Any]:
    """A part that just died, as often as that in the last minute."""
    now = time()
    died = {
        "pid": None,
        "restarts": times,
        "deaths": [now - 10 * each for each in reversed(range(times))],
        "ended": "ended with code 1",
        "again_at": now + 30,
        "pause_s": 30.0,
    }
    return part(name, **(died | changes))


def launched(
    folder: Path, *parts: Mapping[str, Any], ago_s: float = 0, logs: Mapping[str, str] | None = None
) -> None:
    """Nothing; the state folder is that of a launcher which told this so many seconds ago."""
    told = {"pid": 4711, "at": time() - ago_s, "parts": list(parts)}
    (folder / "parts.json").write_text(json.dumps(told))
    (folder / "logs").mkdir(exist_ok=True)
    for name, text in (logs or {}).items():
        (folder / "logs" / name).write_text(text)
