"""The example app: a shop of three services and a redis, packed as a team would upload it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from examples.packing import packed

PARTS = ("web", "api", "worker")
FOLDER = Path(__file__).parent
# What all parts use; each archive has it beside the part's own files.
SHARED = "shared"


def archive(part: str) -> bytes:
    """A tar.gz of one part's files; the same files give the same bytes, so the same artifact."""
    if part not in PARTS:
        raise ValueError(f"The shop has no part {part!r}; it has {', '.join(PARTS)}.")
    return packed(_files(part))


def _files(part: str) -> Iterator[Path]:
    for folder in (SHARED, part):
        yield from (path for path in (FOLDER / folder).iterdir() if path.is_file())
