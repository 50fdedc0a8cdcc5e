from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from platform_admin.models import Artifact, Team
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import archives, audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.scope import require

FILENAME_LENGTH = 200


def upload_artifact(actor: Actor, team: Team, filename: str, stream: BinaryIO) -> Artifact:
    """The archive's row, its bytes stored by their hash; the same bytes give the same row.

    Invalid: artifact (too large, no tar.gz or zip, or with members that are not safe).
    """
    require(actor, team, Permission.UPLOAD_ARTIFACT)
    with _incoming() as path:
        try:
            sha256, size = _receive(stream, path)
            archive = archives.format_of(_head(path))
            archives.check(path, archive, _largest_bytes())
        except archives.ArchiveError as error:
            raise Invalid({"artifact": [str(error)]}) from error
        _keep(path, _stored(sha256, archive))
    return _row(actor, team, sha256, archive, size, filename)


def artifact_path(artifact: Artifact) -> Path:
    """Where the archive's bytes lie."""
    return _stored(artifact.sha256, artifact.format)


def artifacts_folder() -> Path:
    """The folder of all archives' bytes, by their hash."""
    return Path(settings.MUSTER_STATE) / "artifacts"


@transaction.atomic
def _row(actor: Actor, team: Team, sha256: str, archive: str, size: int, filename: str) -> Artifact:
    artifact, made = Artifact.objects.get_or_create(
        team=team,
        sha256=sha256,
        defaults={
            "format": archive,
            "size_bytes": size,
            "filename": Path(filename).name[-FILENAME_LENGTH:] or f"archive.{archive}",
            "uploaded_by": actor.user,
        },
    )
    if made:
        after = {"sha256": sha256, "bytes": size, "filename": artifact.filename}
        audit.record(actor, "upload artifact", artifact, team=team, after=after)
    return artifact


@contextmanager
def _incoming() -> Iterator[Path]:
    """A file beside the stored ones, gone at the end unless it was moved to its name."""
    folder = artifacts_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def _receive(stream: BinaryIO, path: Path) -> tuple[str, int]:
    """SHA-256 and size in bytes of what was written, whole, to the disk."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := stream.read(archives.CHUNK_BYTES):
            size += len(chunk)
            _check_size(size)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _check_size(size: int) -> None:
    if size > _largest_bytes():
        raise archives.ArchiveError(
            f"The archive is larger than {_largest_bytes() // 2**20} MB: leave out what the"
            " program does not need, or use an image."
        )


def _keep(path: Path, stored: Path) -> None:
    """Give the file its name at once; the same bytes under the same name harm nothing."""
    path.chmod(0o600)
    path.replace(stored)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _stored(sha256: str, archive: str) -> Path:
    return artifacts_folder() / f"{sha256}.{archive}"


def _largest_bytes() -> int:
    return int(settings.MUSTER_ARTIFACT_LIMIT_MB) * 2**20
