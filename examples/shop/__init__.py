"""The example app: a shop of three services and a redis, packed as a team would upload it."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

PARTS = ("web", "api", "worker")
FOLDER = Path(__file__).parent
# What all parts use; each archive has it beside the part's own files.
SHARED = "shared"


def archive(part: str) -> bytes:
    """A tar.gz of one part's files; the same files give the same bytes, so the same artifact."""
    if part not in PARTS:
        raise ValueError(f"The shop has no part {part!r}; it has {', '.join(PARTS)}.")
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in _files(part):
            content = path.read_bytes()
            member = tarfile.TarInfo(path.name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _files(part: str) -> Iterator[Path]:
    both = [*(FOLDER / SHARED).iterdir(), *(FOLDER / part).iterdir()]
    yield from sorted((path for path in both if path.is_file()), key=lambda path: path.name)
