"""Whether an archive's members may be unpacked: names, kinds and links, before any is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

LARGEST_COUNT = 4096
"""Members that Nomad unpacks of one archive."""

Kind = Literal["file", "folder", "link", "hard link", "other"]


@dataclass(frozen=True)
class Member:
    """One entry of an archive; `target` is where a link leads, as it is written."""

    name: str
    kind: Kind
    target: str = ""


def member_error(member: Member) -> str | None:
    """What is unsafe about one member by itself, as a sentence; None if nothing is."""
    name = _shown(member.name)
    if _leaves(member.name):
        return f"{name} would be unpacked outside of the archive's folder: pack it again inside."
    if member.kind == "other":
        return f"{name} is a device, a pipe or a socket: leave it out of the archive."
    if member.kind == "link" and not _link_is_safe(member):
        return (
            f"{name} is a link to {_shown(member.target)}, out of the archive: put the file itself"
            " into it."
        )
    if member.kind == "hard link":
        return (
            f"{name} is a hard link, which not all clusters unpack: put the file itself into the"
            " archive (tar --hard-dereference)."
        )
    return None


def members_error(members: Sequence[Member]) -> str | None:
    """The first thing that is unsafe about an archive's members; None if nothing is."""
    if len(members) > LARGEST_COUNT:
        return (
            f"The archive has more than {LARGEST_COUNT} members, which Nomad does not unpack:"
            " leave out what the program does not need."
        )
    if not any(member.kind == "file" for member in members):
        return "The archive has no file in it: pack the program itself."
    for member in members:
        said = member_error(member)
        if said is not None:
            return said
    return _through_links(members)


def _through_links(members: Iterable[Member]) -> str | None:
    """A member below a link would be unpacked where the link leads, wherever that is."""
    links = {_plain(member.name) for member in members if member.kind == "link"}
    for member in members:
        if any(parent in links for parent in _parents(_plain(member.name))):
            return f"{_shown(member.name)} lies behind a link: put the file itself into its folder."
    return None


def _link_is_safe(member: Member) -> bool:
    """Whether the target stays inside, whatever other links stand on the way.

    `..` may only lead: behind a folder's name it would go up from where another link leads to.
    """
    parts = [part for part in member.target.split("/") if part not in ("", ".")]
    ups = sum(1 for part in parts if part == "..")
    depth = len(_plain(member.name).split("/")) - 1
    leading = all(part == ".." for part in parts[:ups])
    return bool(parts) and leading and ups <= depth and not _absolute(member.target)


def _leaves(path: str) -> bool:
    return _absolute(path) or ".." in path.replace("\\", "/").split("/") or not path.strip("/")


def _absolute(path: str) -> bool:
    drive = len(path) > 1 and path[1] == ":" and path[0].isalpha()
    return path.startswith(("/", "\\")) or drive or "\0" in path


def _plain(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/"))


def _parents(path: str) -> Iterable[str]:
    parent = posixpath.dirname(path)
    while parent:
        yield parent
        parent = posixpath.dirname(parent)


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "...")
