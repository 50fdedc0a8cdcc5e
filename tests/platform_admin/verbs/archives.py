"""Archives for tests, made in memory."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO


def tar_gz(files: Mapping[str, bytes], more: Sequence[tarfile.TarInfo] = ()) -> bytes:
    """A .tar.gz with these files, then these members without content; always the same bytes."""
    out = BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
        for entry in more:
            tar.addfile(entry)
    return out.getvalue()


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A tar member that is no plain file."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def zipped(files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> bytes:
    """A .zip with these files and symbolic links."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
        for name, target in (links or {}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16
            file.writestr(info, target)
    return out.getvalue()
