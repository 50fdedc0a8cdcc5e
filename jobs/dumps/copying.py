"""One run of pg_dump into a file: bounded in size and time, and it says how far it is."""

from __future__ import annotations

import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from jobs.postgres import Login

CHUNK_BYTES = 1 << 20
SAID_EVERY_S = 1.0
ENDS_WITHIN_S = 5.0
STALLS_S = 120.0
LEFT_BYTES = 256 * 2**20
"""What stays free on Muster's own disk."""


class Uncopied(Exception):
    """There is no copy; the text is a sentence for people."""


class Unwanted(Exception):
    """Nobody wants the copy any more."""


def copy(
    program: str,
    login: Login,
    path: Path,
    *,
    largest_bytes: int,
    within_s: float,
    say: Callable[[int], bool],
    stalls_s: float = STALLS_S,
) -> int:
    """The size in bytes of the copy, which is whole in `path`. Raises Uncopied and Unwanted.

    `say` is told the bytes so far, every second, and answers whether to go on. One that writes
    nothing for `stalls_s` ends.
    """
    with tempfile.TemporaryFile() as errors:
        try:
            child = subprocess.Popen(
                _argv(program),
                env=_environment(login),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except OSError as error:
            raise Uncopied(
                f"{program} can not be started ({error.strerror}): an operator installs Postgres'"
                " client programs, or names them by MUSTER_PG_DUMP."
            ) from error
        with child:
            try:
                size = _received(
                    child, path, largest_bytes, time.monotonic() + within_s, say, stalls_s
                )
                code = child.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired as error:
                raise Uncopied("pg_dump wrote everything, and did not end.") from error
            finally:
                child.kill()
        if code != 0:
            raise Uncopied(f"pg_dump failed: {_said(errors)}")
    return size


def _argv(program: str) -> list[str]:
    """Its own format, which pg_restore reads in any order; without owners, who differ elsewhere."""
    return [
        program,
        "--format=custom",
        "--no-owner",
        "--no-acl",
        "--no-password",
        "--lock-wait-timeout=30s",
    ]


def _environment(login: Login) -> dict[str, str]:
    """Where it connects. Of arguments, a database's name could name another server too."""
    pinned = {"PGHOSTADDR": login.address} if login.address else {}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": login.host,
        "PGPORT": str(login.port),
        "PGUSER": login.user,
        "PGPASSWORD": login.password,
        "PGDATABASE": login.database,
        "PGCONNECT_TIMEOUT": "10",
        "PGAPPNAME": "muster",
        "PGPASSFILE": os.devnull,
        "PGSERVICEFILE": os.devnull,
        **pinned,
    }


def _received(
    child: subprocess.Popen[bytes],
    path: Path,
    largest_bytes: int,
    until: float,
    say: Callable[[int], bool],
    stalls_s: float,
) -> int:
    assert child.stdout is not None
    size, said, moved = 0, 0.0, time.monotonic()
    with path.open("wb") as file, selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            now = time.monotonic()
            if now - said >= SAID_EVERY_S:
                said = now
                _look(path, size, largest_bytes, now > until, say)
            if not ready.select(SAID_EVERY_S):
                _check_moves(moved, stalls_s)
                continue
            moved = time.monotonic()
            chunk = os.read(child.stdout.fileno(), CHUNK_BYTES)
            if not chunk:
                break
            size += len(chunk)
            _check_size(size, largest_bytes)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size


def _look(
    path: Path, size: int, largest_bytes: int, late: bool, say: Callable[[int], bool]
) -> None:
    if not say(size):
        raise Unwanted
    if late:
        raise Uncopied("It took longer than a copy may take: use pg_dump where the data are.")
    if shutil.disk_usage(path.parent).free < LEFT_BYTES:
        raise Uncopied("The disk of Muster's own folder is nearly full: an operator makes room.")


def _check_size(size: int, largest_bytes: int) -> None:
    if size > largest_bytes:
        raise Uncopied(
            f"The copy is larger than {largest_bytes // 2**20} MB, which is the most that is kept"
            " (MUSTER_DUMP_LIMIT_MB): use pg_dump where the data are."
        )


def _check_moves(moved: float, stalls_s: float) -> None:
    if time.monotonic() - moved > stalls_s:
        raise Uncopied(
            f"pg_dump wrote nothing for {stalls_s:.0f} seconds: look whether the database answers,"
            " and whether something holds locks in it; then ask for another one."
        )


def _said(errors: IO[bytes]) -> str:
    """The first line that it complained with."""
    errors.seek(0)
    lines = errors.read(8192).decode(errors="replace").splitlines()
    first = next((line for line in lines if line.strip()), "it said nothing")
    return first.removeprefix("pg_dump: ").removeprefix("error: ")
