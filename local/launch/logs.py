"""The files into which children write: a new one a start, the last few kept."""

from __future__ import annotations

from pathlib import Path

KEPT = 3


def rotate(folder: Path) -> None:
    """Nothing; each log moved one number up, the oldest is gone."""
    for log in folder.glob("*.log"):
        for number in range(KEPT - 1, 0, -1):
            older = log.with_name(f"{log.name}.{number}")
            if older.exists():
                older.replace(log.with_name(f"{log.name}.{number + 1}"))
        log.replace(log.with_name(f"{log.name}.1"))


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, "" where there is none."""
    try:
        text = log.read_text(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
