"""The state folder: one launcher at a time, and what it must find again after a restart."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from local.launch.problem import Problem

PARTS = (
    "logs", "postgres", "valkey", "cluster", "real", "artifacts", "static", "resources", "dumps",
)  # fmt: skip
SETTINGS = "settings.json"


@dataclass(frozen=True)
class State:
    """A state folder that we hold; it is ours until the process ends or `release` is called."""

    folder: Path
    _lock: IO[str]

    def path(self, *parts: str) -> Path:
        """A path below the folder."""
        return self.folder.joinpath(*parts)

    def announce(self, url: str, settings: Mapping[str, str]) -> None:
        """Nothing; a second start will say that Muster runs at `url`, other commands work on it."""
        write_private(self.path(SETTINGS), json.dumps(dict(settings)))
        self._lock.seek(0)
        self._lock.truncate()
        json.dump({"url": url, "pid": os.getpid()}, self._lock)
        self._lock.flush()

    def port(self, asked: int | None, usual: int) -> int:
        """The port that this folder's data was made with, `asked` or `usual` for a new folder.

        A Problem where another one was asked for: what runs on the cluster, and the values of
        links, carry the ports of the first block.
        """
        file = self.path("port")
        made_with = int(file.read_text()) if file.exists() else None
        if made_with is not None and asked not in (None, made_with):
            raise Problem(
                f"The state folder {self.folder} was made with --port {made_with}, and what runs "
                f"from it has the ports of that block. Start it with --port {made_with}, or begin "
                f"another one: ./run --port {asked} --state DIR"
            )
        return made_with or asked or usual

    def keep_port(self, port: int) -> None:
        """Nothing; the folder's data is of this port from now on."""
        self.path("port").write_text(f"{port}\n")

    def release(self) -> None:
        """Nothing; another launcher may have the folder now."""
        self._lock.close()


def hold(folder: Path) -> State:
    """The folder, made where missing and locked; a Problem while another launcher runs on it."""
    folder = folder.resolve()
    _make(folder)
    lock = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem(_already(folder, lock)) from None
    lock.truncate(0)  # what the last one said of itself
    return State(folder, lock)


def running(folder: Path) -> dict[str, str] | None:
    """The settings of the Muster that runs on this folder; None where none does.

    A Problem while one is just starting there.
    """
    if not (folder / "lock").exists():
        return None
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not _announced(lock):
                raise Problem(_already(folder, lock)) from None
            found: dict[str, str] = json.loads((folder / SETTINGS).read_text())
            return found
    return None


def write_private(path: Path, text: str, *, durable: bool = True) -> None:
    """Nothing; the file holds `text`, readable by its owner alone, and is never half written.

    What nobody misses after a power cut needs no `durable` write, which waits for the disk.
    """
    scratch = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    scratch.replace(path)


def _make(folder: Path) -> None:
    try:
        # Root's Postgres runs as another user, who has to pass through.
        folder.mkdir(mode=0o711 if os.getuid() == 0 else 0o700, parents=True, exist_ok=True)
        for part in PARTS:
            (folder / part).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"The state folder {folder} cannot be made ({error.strerror}). "
            "Choose one that you may write to: ./run --state DIR"
        ) from error


def _already(folder: Path, lock: IO[str]) -> str:
    running = _announced(lock)
    if not running:
        return f"Another start on {folder} is just under way: wait for it, or choose --state DIR."
    return (
        f"Muster already runs on {folder}: {running['url']} (process {running['pid']}). "
        "Stop it with Ctrl-C there, or start another one: ./run --port 8020 --state DIR"
    )


def _announced(lock: IO[str]) -> dict[str, Any]:
    """What the launcher that holds the folder says of itself; nothing while it starts."""
    lock.seek(0)
    try:
        found: dict[str, Any] = json.loads(lock.read())
    except ValueError:
        return {}
    return found
