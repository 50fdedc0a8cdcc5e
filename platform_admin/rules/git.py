"""Where a program may be fetched from: the address of a repository, what of it, a folder in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

ADDRESS_LENGTH = 500
REF_LENGTH = 200
FOLDER_LENGTH = 200
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
_BAD_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[/-]|[/.]$|\.lock$")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def place_errors(address: str, ref: str, folder: str) -> dict[str, list[str]]:
    """What is wrong with them, sentences by field; empty where nothing is."""
    found = (
        ("address", address_error(address)),
        ("ref", _ref_error(ref)),
        ("folder", _folder_error(folder)),
    )
    return {field: [said] for field, said in found if said is not None}


def address_error(address: str) -> str | None:
    """What is wrong with a repository's address, as a sentence; None where nothing is."""
    if not address:
        return "An address is needed, such as https://git.example.com/shop/web.git."
    if len(address) > ADDRESS_LENGTH:
        said = f"The address has {len(address)} characters: shorten it to {ADDRESS_LENGTH} or fewer"
        return f"{said}."
    return next(_wrong_with(address), None)


def is_commit(ref: str) -> bool:
    """Whether it names one commit whole, which stays what it is."""
    return _COMMIT.fullmatch(ref) is not None


def named(address: str) -> str:
    """What a repository is called: the last part of its address."""
    last = urlsplit(address).path.rstrip("/").rpartition("/")[2]
    return last.removesuffix(".git") or "repository"


def _wrong_with(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        yield "This is no address: write it as https://git.example.com/shop/web.git."
        return
    if "@" in parts.netloc:
        yield "An address with a user or a password is not taken: public repositories only."
    if parts.scheme != "https":
        yield "Only https is fetched: write the address that begins with https://."
    host = parts.netloc.removesuffix(f":{port}")
    if not _HOST.fullmatch(host) or port == 0 or parts.netloc.endswith(":"):
        yield f"{host!r} is no host: write a name such as git.example.com."
    if parts.query or parts.fragment or "?" in address or "#" in address:
        yield "The address ends before ? and #: name a branch, a tag or a commit in its own field."
    if not address.isascii() or not address.isprintable() or " " in address:
        yield "The address has characters that none has: copy it once more."
    if not parts.path.strip("/"):
        yield "The address has no repository behind its host: add its path."


def _ref_error(ref: str) -> str | None:
    if len(ref) > REF_LENGTH:
        return f"The name has {len(ref)} characters: shorten it to {REF_LENGTH} or fewer."
    if _BAD_REF.search(ref) or not ref.isprintable():
        return f"{ref!r} is no branch, tag or commit: write its name, such as main or v1.2."
    return None


def _folder_error(folder: str) -> str | None:
    if len(folder) > FOLDER_LENGTH:
        return f"The folder has {len(folder)} characters: shorten it to {FOLDER_LENGTH} or fewer."
    parts = folder.split("/") if folder else []
    if not folder.isprintable() or any(part in ("", ".", "..") for part in parts):
        return f"{folder!r} is no folder of a repository: write it as services/web."
    return None
