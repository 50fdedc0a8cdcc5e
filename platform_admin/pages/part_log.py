"""A part's log: which files there are, and the end of one, however large it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platform_admin.pages.hidden import hide, own
from platform_admin.pages.parts import Part, log_of

LAST_BYTES = 32 * 1024
SEARCHED_BYTES = 2 * 1024 * 1024
DOWNLOADED_BYTES = 20 * 1024 * 1024
MOST_LINES = 400
LONGEST_LINE = 2_000
OLDEST = 3
WRITTEN_WITHIN_S = 10.0


@dataclass(frozen=True)
class LogFile:
    """One file of a part: `age` 0 is written now, 1 is that of the start before, and so on."""

    age: int
    size: int


@dataclass(frozen=True)
class Excerpt:
    """The last lines of a file, the last 400 with the words in them where some were asked for.

    `searched` is how many bytes of its end were read, `size` is the whole; `found` how many lines
    had the words, of which the last are here.
    """

    lines: tuple[str, ...]
    found: int
    searched: int
    size: int

    @property
    def whole(self) -> bool:
        """Whether everything was read."""
        return self.searched >= self.size


def files(part: Part) -> list[LogFile]:
    """Those that are there, the newest first."""
    sizes = [(age, _size(path_of(part, age))) for age in range(OLDEST + 1)]
    return [LogFile(age, size) for age, size in sizes if size is not None]


def path_of(part: Part, age: int) -> Path:
    """Where a file of the part is: of its log's name as the launcher gave it, and a number."""
    log = log_of(part)
    return log.with_name(f"{log.name}.{age}") if age else log


def excerpt(path: Path, words: str = "") -> Excerpt:
    """The end of the file; of what has all the words in it, small or capital, the last lines.

    Reads 32 KiB, 2 MiB for words: a log is never read whole. A file that is gone is an empty one.
    What is hidden has no words: they are looked for in what can be seen.
    """
    text, searched, size = _end(path, SEARCHED_BYTES if words.split() else LAST_BYTES)
    asked = words.lower().split()
    seen = hide(text, own()).splitlines()
    lines = [line for line in seen if all(word in line.lower() for word in asked)]
    shown = tuple(map(_short, lines[-MOST_LINES if asked else 0 :]))
    return Excerpt(shown, len(lines), searched, size)


def last_line(path: Path) -> str:
    """The last line that says something, "" where there is none."""
    return next((line for line in reversed(excerpt(path).lines) if line.strip()), "")


def download(path: Path) -> Iterator[bytes]:
    """The file's end line by line, 20 MiB at most; what is written meanwhile is left out.

    So is a line that is cut on either side: a piece of a secret would not be known for one.
    """
    secrets = own()
    try:
        with path.open("rb") as file:
            begin, ahead = _skip_to(file.seek(0, 2), DOWNLOADED_BYTES)
            file.seek(begin)
            if begin:
                ahead -= len(file.readline(ahead))
            while ahead > 0 and (line := file.readline(ahead)).endswith(b"\n"):
                ahead -= len(line)
                yield hide(line.decode("utf-8", "replace"), secrets).encode()
    except OSError:
        return


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} ..."


def _skip_to(size: int, most: int) -> tuple[int, int]:
    """Where to begin, and how many bytes there are from there."""
    begin = max(0, size - most)
    return begin, size - begin


def _end(path: Path, most: int) -> tuple[str, int, int]:
    """The last bytes as text, without the rest of a line that was cut; how many, of how many."""
    try:
        with path.open("rb") as file:
            begin, length = _skip_to(file.seek(0, 2), most)
            file.seek(begin)
            read = file.read(length)
    except OSError:
        return "", 0, 0
    if begin:
        read = read.partition(b"\n")[2]
    return read.decode("utf-8", "replace"), length, begin + length


def written_lately(path: Path, now: datetime) -> bool:
    """Whether something was written into it in the last seconds."""
    try:
        return now.timestamp() - path.stat().st_mtime < WRITTEN_WITHIN_S
    except OSError:
        return False


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
