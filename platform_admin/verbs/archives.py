from __future__ import annotations

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Self, cast

from platform_admin.rules.members import LARGEST_COUNT, Kind, Member, members_error

TAR_GZ, ZIP = "tar.gz", "zip"
CHUNK_BYTES = 1024 * 1024
LARGEST_RATIO = 16
"""How many times larger than the largest archive its unpacked members may be together."""

LARGEST_HEADER_BYTES = 4096
LARGEST_WORK = 10**9
"""Of all extended headers of an archive: the sum of their sizes in bytes, squared."""
EXTENDED = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)  # fmt: skip

GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")

BROKEN = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
          NotImplementedError, RuntimeError)  # fmt: skip


class ArchiveError(ValueError):
    """An archive that is none, or that must not be unpacked; its text is for the user."""


def format_of(head: bytes) -> str:
    """`tar.gz` or `zip`, by an archive's first bytes; ArchiveError for anything else."""
    if head.startswith(GZIP_MAGIC):
        return TAR_GZ
    if head.startswith(ZIP_MAGICS):
        return ZIP
    raise ArchiveError("The file is neither a .tar.gz nor a .zip: pack the program as one of them.")


def check(path: Path, archive: str, largest_bytes: int) -> None:
    """Raises ArchiveError where the archive does not open, whole, or is not safe to unpack.

    All of it is unpacked once, to nowhere: sizes that an archive states may be lies.
    """
    room = _Room(largest_bytes * LARGEST_RATIO)
    try:
        members = list(_READERS[archive](path, room))
    except ArchiveError:
        raise
    except BROKEN as error:
        raise ArchiveError(
            f"The archive is broken or cut off ({error}): pack and upload it again."
        ) from error
    said = members_error(members)
    if said is not None:
        raise ArchiveError(said)


class _Room:
    """How many unpacked bytes are left; a bomb runs into its end."""

    def __init__(self, bytes_: int) -> None:
        self.all = self.left = bytes_

    def take(self, bytes_: int) -> None:
        self.left -= bytes_
        if self.left < 0:
            raise ArchiveError(
                f"Unpacked, the archive has more than {self.all // 2**20} MB: leave out what the"
                " program does not need."
            )


class _Bounded:
    """A stream that takes what is read of it from a room."""

    def __init__(self, stream: BinaryIO, room: _Room) -> None:
        self._stream = stream
        self._room = room

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(CHUNK_BYTES if size < 0 else min(size, CHUNK_BYTES))
        self._room.take(len(found))
        return found


def _tar(path: Path, room: _Room) -> Iterator[Member]:
    with gzip.open(path) as opened:
        stream = _Bounded(cast(BinaryIO, opened), room)
        header = _careful_header()
        with tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|", tarinfo=header) as tar:
            for count, entry in enumerate(tar):
                _check_count(count)
                yield Member(entry.name, _tar_kind(entry), entry.linkname)
        while stream.read():
            """What follows the tar's end is unpacked by others too."""


def _careful_header() -> type[tarfile.TarInfo]:
    """A header for one archive that refuses extended ones before they are read.

    Those are read whole, and before Python 3.11.10 in time that grows with the square of their
    size (CVE-2024-6232): a kilobyte of upload would be a minute of work.
    """
    left = LARGEST_WORK

    class Header(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            nonlocal left
            found = super().frombuf(buf, encoding, errors)
            if found.type in EXTENDED:
                left -= found.size**2
                if found.size > LARGEST_HEADER_BYTES or left < 0:
                    raise ArchiveError(
                        "The archive has longer headers than files need: pack it again without"
                        " extended attributes (tar --no-xattrs)."
                    )
            return found

    return Header


def _tar_kind(entry: tarfile.TarInfo) -> Kind:
    if entry.isreg():
        return "file"
    if entry.isdir():
        return "folder"
    if entry.issym():
        return "link"
    return "hard link" if entry.islnk() else "other"


def _zip(path: Path, room: _Room) -> Iterator[Member]:
    with zipfile.ZipFile(path) as opened:
        for count, entry in enumerate(opened.infolist()):
            _check_count(count)
            if entry.flag_bits & 1:
                raise ArchiveError(f"{entry.filename!r} is encrypted: pack it without a password.")
            yield _zip_member(opened, entry, room)


def _zip_member(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, room: _Room) -> Member:
    kind = _zip_kind(entry)
    target = b""
    with opened.open(entry) as file:
        stream = _Bounded(cast(BinaryIO, file), room)
        while chunk := stream.read():
            target = (target + chunk)[:4096] if kind == "link" else b""
    return Member(entry.orig_filename, kind, target.decode(errors="replace"))


def _zip_kind(entry: zipfile.ZipInfo) -> Kind:
    mode = entry.external_attr >> 16
    kinds: tuple[tuple[Callable[[int], bool], Kind], ...] = (
        (stat.S_ISLNK, "link"),
        (stat.S_ISDIR, "folder"),
        (stat.S_ISREG, "file"),
    )
    for is_kind, kind in kinds:
        if is_kind(mode):
            return kind
    if stat.S_IFMT(mode):
        return "other"
    return "folder" if entry.is_dir() else "file"


def _check_count(count: int) -> None:
    """Stop early: the sentence about too many members is `members_error`'s to say."""
    if count > LARGEST_COUNT:
        raise ArchiveError(members_error([Member("x", "file")] * (LARGEST_COUNT + 1)) or "")


_READERS: dict[str, Callable[[Path, _Room], Iterator[Member]]] = {TAR_GZ: _tar, ZIP: _zip}
