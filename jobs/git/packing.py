"""A commit's folder as an archive: the same commit always gives the same bytes.

Every entry has the time of the commit, as `git archive` has it, so that what serves files tells a
new one from an old one; of owners and folders nothing is kept.
"""

from __future__ import annotations

import gzip
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from dulwich.object_store import DiskObjectStore
from dulwich.objects import Blob, Commit, ObjectID, Tree

from jobs.git.errors import Unfetched
from platform_admin.rules.members import LARGEST_COUNT

SUBMODULE = 0o160000
DEEPEST = 64
LEVEL = 6
LATEST = 2**33 - 1
"""The largest time that a header of tar has room for."""
POINTER = b"version https://git-lfs.github.com/spec/"
LARGEST_POINTER = 1024


@dataclass(frozen=True)
class Entry:
    """A file or a link of the folder, by its path in it."""

    path: str
    mode: int
    blob: ObjectID


def pack(
    store: DiskObjectStore, commit: Commit, folder: str, into: Path, go_on: Callable[[], None]
) -> None:
    """Nothing; the folder stands in the .tar.gz. Unfetched: what of it can not be packed."""
    entries = list(_entries(store, _root(store, commit, folder)))
    if not entries:
        raise Unfetched("There is no file in it: name another folder, branch or commit.")
    moment = min(max(int(commit.commit_time), 0), LATEST)
    with (
        into.open("wb") as file,
        gzip.GzipFile("", "wb", LEVEL, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for entry in entries:
            go_on()
            _add(tar, entry, _content(store, entry), moment)


def _root(store: DiskObjectStore, commit: Commit, folder: str) -> Tree:
    """The tree of the folder, of the whole commit where none is named."""
    found = store[commit.tree]
    for part in folder.split("/") if folder else ():
        assert isinstance(found, Tree)
        name = part.encode()
        inside = store[found[name][1]] if name in found and _is_folder(found[name][0]) else None
        if not isinstance(inside, Tree):
            raise Unfetched(f"The commit has no folder {folder!r}: check its name.")
        found = inside
    if not isinstance(found, Tree):
        raise Unfetched("The commit has no files.")
    return found


def _entries(store: DiskObjectStore, root: Tree) -> Iterator[Entry]:
    """All files and links in the order of git, which is one; no more than Nomad unpacks."""
    left, looks = LARGEST_COUNT, LARGEST_COUNT * DEEPEST
    for entry in _below(store, root, "", 0):
        looks -= 1
        left -= entry is not None
        if left < 0 or looks < 0:
            raise Unfetched(
                f"It has more than {LARGEST_COUNT} files, which Nomad does not unpack: name a"
                " folder of the repository that has the program alone."
            )
        if entry is not None:
            yield entry


def _below(store: DiskObjectStore, tree: Tree, above: str, depth: int) -> Iterator[Entry | None]:
    """The entries of a folder and of those in it; None for each folder that was looked into."""
    if depth > DEEPEST:
        raise Unfetched(f"{above!r} lies more than {DEEPEST} folders deep: move it up.")
    for name, mode, inside in tree.iteritems():
        path = above + _named(name)
        if _is_folder(mode):
            yield None
            folder = store[inside]
            assert isinstance(folder, Tree)
            yield from _below(store, folder, f"{path}/", depth + 1)
        else:
            _check_kind(path, mode)
            yield Entry(path, mode, inside)


def _check_kind(path: str, mode: int) -> None:
    if mode == SUBMODULE:
        raise Unfetched(
            f"{path!r} is a submodule, which is not fetched: name a folder without it, or put its"
            " files into the repository."
        )
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise Unfetched(f"{path!r} is neither a file nor a link: remove it from the repository.")


def _named(name: bytes) -> str:
    try:
        found = name.decode()
    except UnicodeDecodeError as error:
        raise Unfetched(f"{name!r} is no name in UTF-8: rename it in the repository.") from error
    if found in ("", ".", "..") or "/" in found or "\0" in found:
        raise Unfetched(f"{found!r} is no name that a file may have: rename it in the repository.")
    return found


def _content(store: DiskObjectStore, entry: Entry) -> bytes:
    blob = store[entry.blob]
    assert isinstance(blob, Blob)
    content = blob.as_raw_string()
    if len(content) <= LARGEST_POINTER and content.startswith(POINTER):
        raise Unfetched(
            f"{entry.path!r} lies in Git LFS, which is not fetched: name a folder without it, or"
            " put the file itself into the repository."
        )
    return content


def _add(tar: tarfile.TarFile, entry: Entry, content: bytes, moment: int) -> None:
    header = tarfile.TarInfo(entry.path)
    header.mtime = moment
    if stat.S_ISLNK(entry.mode):
        header.type, header.mode = tarfile.SYMTYPE, 0o777
        header.linkname = content.decode(errors="replace")
        tar.addfile(header)
        return
    header.mode = 0o755 if entry.mode & stat.S_IXUSR else 0o644
    header.size = len(content)
    tar.addfile(header, BytesIO(content))


def _is_folder(mode: int) -> bool:
    return stat.S_ISDIR(mode)
