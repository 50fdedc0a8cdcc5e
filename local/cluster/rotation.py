"""Log files that rotate as Nomad's do: `main.stdout.0`, `.1`, ...; the oldest ones go."""

from __future__ import annotations

from pathlib import Path


def files(base: Path, kind: str) -> list[Path]:
    """The files of one stream that still exist, the oldest first."""
    found = base.parent.glob(f"{base.name}.{kind}.*")
    return sorted(found, key=lambda path: int(path.suffix[1:]))


class RotatingFile:
    """Takes bytes; goes on where an earlier one of the same name ended."""

    def __init__(self, base: Path, kind: str, max_files: int, max_bytes: int) -> None:
        self._base, self._kind = base, kind
        self._max_files, self._max_bytes = max_files, max_bytes
        there = files(base, kind)
        self._path = there[-1] if there else base.with_name(f"{base.name}.{kind}.0")
        self._path.touch()

    def write(self, data: bytes) -> None:
        """Appends, on a new file each time that the last one is full."""
        while data:
            room = self._max_bytes - self._path.stat().st_size
            if room <= 0:
                self._turn()
                continue
            with self._path.open("ab") as out:
                out.write(data[:room])
            data = data[room:]

    def _turn(self) -> None:
        number = int(self._path.suffix[1:]) + 1
        self._path = self._path.with_suffix(f".{number}")
        self._path.touch()
        for old in files(self._base, self._kind)[: -self._max_files]:
            old.unlink()
