"""Which of a repository's refs is meant by what was typed."""

from __future__ import annotations

from collections.abc import Mapping

from dulwich.objects import ObjectID
from dulwich.refs import Ref

from jobs.git.errors import Unfetched
from platform_admin.rules.git import is_commit

HEAD = b"HEAD"
MOST_NAMED = 5


def prefixes(ref: str) -> list[bytes]:
    """What the server is asked about: no more than it has to tell."""
    return [HEAD] if is_commit(ref) else _names(ref)


def wanted(refs: Mapping[Ref, ObjectID], ref: str) -> ObjectID:
    """The object that a branch, a tag or a commit names, "" the repository's own branch.

    Of a tag and a branch of one name the tag, as git has it. Unfetched: there is none.
    """
    if is_commit(ref):
        return ObjectID(ref.encode())
    found = next((refs[Ref(name)] for name in _names(ref) if name in refs), None)
    if found is not None:
        return found
    if not ref:
        raise Unfetched("The repository has no branch of its own yet: name a branch or a tag.")
    raise Unfetched(f"The repository has no branch or tag {ref!r}.{_hint(refs, ref)}")


def _names(ref: str) -> list[bytes]:
    """The refs that it may mean, the one that counts first."""
    if not ref:
        return [HEAD]
    name = ref.encode()
    if name.startswith(b"refs/"):
        return [name]
    return [b"refs/tags/" + name, b"refs/heads/" + name]


def _hint(refs: Mapping[Ref, ObjectID], ref: str) -> str:
    if len(ref) >= 7 and all(each in "0123456789abcdef" for each in ref):
        return " A commit is given with all of its 40 digits."
    near = sorted(name.decode(errors="replace").split("/", 2)[-1] for name in refs if name != HEAD)
    return f" It has {', '.join(near[:MOST_NAMED])}." if near else ""
