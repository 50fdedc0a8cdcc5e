"""Fetches a task's artifacts over HTTP, checks them, and unpacks them into the task's folder."""

from __future__ import annotations

import hashlib
import os
import pwd
import tarfile
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request

from local.cluster.nomad.spec import Spec
from local.cluster.web import open_direct

LARGEST_BYTES = 2**31
TIMEOUT_S = 30.0


class Unfetchable(Exception):
    """An artifact that cannot be had: Nomad tries again, as the restart policy says."""


def fetch(artifact: Spec, source: str, folder: Path) -> None:
    """Puts the artifact into the folder; raises Unfetchable with the reason.

    `source` is the URL after interpolation, `artifact` the rest of the block.
    """
    if urlsplit(source).scheme not in ("http", "https"):
        raise Unfetchable(f"download not supported for scheme '{urlsplit(source).scheme}'")
    asked = Request(source, headers=artifact["GetterHeaders"] or {})  # noqa: S310
    with TemporaryFile() as spool:
        try:
            with open_direct(asked, timeout=TIMEOUT_S) as answer:
                found = _copy(answer, spool)
        except (URLError, OSError) as error:
            raise Unfetchable(f'Get "{source}": {error}') from error
        _check(artifact["GetterOptions"] or {}, found)
        folder.mkdir(parents=True, exist_ok=True)
        spool.seek(0)
        try:
            _unpack(spool, Path(urlsplit(source).path).name, folder)
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unfetchable(f'error unpacking "{source}": {error}') from error


def hand_over(folder: Path, user: str) -> None:
    """Makes the user own the folder and all in it, where root does it; raises Unfetchable."""
    if os.geteuid() != 0:
        return
    try:
        owner = pwd.getpwnam(user)
    except KeyError as error:
        raise Unfetchable(f"failed to chown artifact: unknown user {user}") from error
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _copy(source: IO[bytes], target: IO[bytes]) -> str:
    digest, total = hashlib.sha256(), 0
    while piece := source.read(64 * 1024):
        total += len(piece)
        if total > LARGEST_BYTES:
            raise Unfetchable("the artifact is too large")
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()


def _check(options: dict[str, str], found: str) -> None:
    wanted = options.get("checksum", "")
    if not wanted:
        return
    kind, _, value = wanted.partition(":")
    if kind != "sha256":
        raise Unfetchable(f"unsupported checksum type: {kind}")
    if value.lower() != found:
        raise Unfetchable(f"Checksums did not match. Expected: {value} Got: {found}")


def _unpack(spool: IO[bytes], name: str, folder: Path) -> None:
    if name.endswith((".tar.gz", ".tgz")):
        with tarfile.open(fileobj=spool, mode="r:gz") as tar:
            _unpack_tar(tar, folder)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(spool) as archive:
            _limit(sum(entry.file_size for entry in archive.infolist()))
            for entry in archive.infolist():
                _inside(folder, folder / entry.filename)
                path = Path(archive.extract(entry, folder))
                if not entry.is_dir():
                    path.chmod((entry.external_attr >> 16) & 0o777 or 0o644)
    else:
        (folder / name).write_bytes(spool.read())


def _unpack_tar(tar: tarfile.TarFile, folder: Path) -> None:
    members = tar.getmembers()
    _limit(sum(member.size for member in members))
    for member in members:
        target = folder / member.name
        _inside(folder, target)
        if member.issym():
            _inside(folder, target.parent / member.linkname)
        elif not (member.isfile() or member.isdir()):
            raise Unfetchable(f"the archive holds neither file nor folder: {member.name}")
        member.uid = member.gid = -1
        member.mode &= 0o777
        tar.extract(member, folder, numeric_owner=True)


def _inside(folder: Path, target: Path) -> None:
    """Raises where the path, with the links that stand there by now, leads out of the folder."""
    if not target.resolve().is_relative_to(folder.resolve()):
        raise Unfetchable(f"the archive leads out of its folder: {target.name}")


def _limit(total: int) -> None:
    if total > LARGEST_BYTES:
        raise Unfetchable("the unpacked artifact is too large")
