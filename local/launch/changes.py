"""Whether files changed since a step ended well, so that a second start may leave it out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(checkout: Path, names: Iterable[str]) -> str:
    """A hash over these files and folders of the checkout: names, sizes and times of change."""
    digest = hashlib.sha256(str(checkout).encode())
    for name in names:
        for path in [checkout / name, *sorted((checkout / name).rglob("*"))]:
            if path.is_file():
                known = path.stat()
                digest.update(f"{path}\0{known.st_size}\0{known.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def unchanged(note: Path, now: str) -> bool:
    """Whether the note of the last good end says the same."""
    return note.exists() and note.read_text() == now
