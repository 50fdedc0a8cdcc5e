"""One commit of a repository, received into a folder of our own and nothing else of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dulwich.client import FetchPackResult
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    GitProtocolError,
    NotGitRepository,
)
from dulwich.object_store import DiskObjectStore, ObjectStoreGraphWalker
from dulwich.objects import Commit, ObjectID, Tag
from dulwich.refs import Ref

from jobs.git import sizes
from jobs.git.budget import Budget
from jobs.git.client import Client
from jobs.git.door import Door
from jobs.git.errors import Unfetched
from jobs.git.refs import prefixes, wanted
from platform_admin.rules.git import is_commit

DEEPEST_TAG = 10
BROKEN = (ApplyDeltaError, ChecksumMismatch, FileFormatException, struct.error, zlib.error,
          ValueError, LookupError, TypeError, AssertionError, OverflowError)  # fmt: skip
"""What dulwich raises of bytes that are none of git's."""


@dataclass(frozen=True)
class Fetched:
    """A commit, and the store with all that is in it."""

    store: DiskObjectStore
    commit: Commit


def fetched(address: str, ref: str, into: Path, budget: Budget, largest_bytes: int) -> Fetched:
    """The commit that the ref names now. Unfetched: a sentence; Unwanted.

    `largest_bytes` is how large its files may be together.
    """
    store = DiskObjectStore.init(str(into))
    try:
        wants = _received(address, ref, store, budget, largest_bytes)
        return Fetched(store, _commit(store, wants))
    except NotGitRepository as error:
        raise Unfetched("There is no repository at this address: check its path.") from error
    except GitProtocolError as error:
        raise Unfetched(_refused(ref, error)) from error
    except BROKEN as error:
        raise Unfetched(f"What the server sent can not be read ({_short(error)}).") from error


def _received(
    address: str, ref: str, store: DiskObjectStore, budget: Budget, largest_bytes: int
) -> ObjectID:
    """What the ref names; it and all that is in it are in the store then."""
    wants: list[ObjectID] = []

    def chosen(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:
        wants[:] = [wanted(refs, ref)]
        budget.go_on("receiving")
        return wants

    pack, commit, abort = store.add_pack()
    try:
        result = Client(address, Door(budget)).fetch_pack(
            "",
            chosen,
            ObjectStoreGraphWalker([], lambda _: []),
            pack.write,
            depth=1,
            ref_prefix=prefixes(ref),
        )
        _check_format(result)
        budget.go_on("unpacking")
        sizes.check(pack, largest_bytes, partial(budget.go_on, ""))
    except BaseException:
        abort()
        raise
    pack.seek(0, 2)
    commit()
    return wants[0]


def _check_format(result: FetchPackResult) -> None:
    if result.object_format not in (None, "sha1"):
        raise Unfetched(f"The repository's objects are of the format {result.object_format}, which"
                        " is not read here: upload an archive instead.")  # fmt: skip


def _commit(store: DiskObjectStore, name: ObjectID) -> Commit:
    """The commit itself, behind the tags that lead to it."""
    found = store[name]
    for _ in range(DEEPEST_TAG):
        if not isinstance(found, Tag):
            break
        found = store[found.object[1]]
    if not isinstance(found, Commit):
        raise Unfetched("What was named is no commit: give a branch, a tag or a commit.")
    return found


def _refused(ref: str, error: GitProtocolError) -> str:
    said = _short(error)
    if is_commit(ref):
        return (
            f"The server does not hand out the commit {ref[:12]} ({said}): check that it is"
            " there, or name a branch or tag that ends at it."
        )
    return f"The server does not hand it out ({said}): try again."


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
