"""Keeps one JSON document on disk, so that a restart finds it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def load(path: Path) -> dict[str, Any]:
    """The stored document; an empty one when there is none yet."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found


def save(path: Path, document: dict[str, Any]) -> None:
    """Replaces the stored document as a whole: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(document))
    fresh.chmod(0o600)
    fresh.replace(path)
