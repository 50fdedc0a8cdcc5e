"""Files as an archive that a team would upload."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path


def packed(paths: Iterable[Path]) -> bytes:
    """A tar.gz of these files side by side; the same files give the same bytes, so one artifact."""
    archive = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=archive, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for path in sorted(paths, key=lambda path: path.name):
            content = path.read_bytes()
            member = tarfile.TarInfo(path.name)
            member.size, member.mode = len(content), 0o644
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()
