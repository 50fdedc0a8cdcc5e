"""The folders of an allocation, and its logs: the files that are left of one are one stream."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.cluster import rotation
from local.cluster.nomad.spec import Spec
from local.cluster.web import Refusal

FRAME_BYTES = 64 * 1024


def listed(root: Path, path: str) -> list[Spec]:
    """What is in a folder below the allocation's; raises Refusal."""
    folder = (root / path.lstrip("/")).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise Refusal(500, "Path escapes the alloc directory")
    try:
        return [_entry(each) for each in sorted(folder.iterdir())]
    except FileNotFoundError as error:
        raise Refusal(404, f"open {folder}: no such file or directory") from error
    except NotADirectoryError as error:
        raise Refusal(500, f"open {folder}: not a directory") from error


def _entry(path: Path) -> Spec:
    found = path.stat()
    at = datetime.fromtimestamp(found.st_mtime, UTC).isoformat().replace("+00:00", "Z")
    return {
        "FileMode": stat.filemode(found.st_mode), "IsDir": path.is_dir(), "ModTime": at,
        "Name": path.name, "Size": found.st_size,
    }  # fmt: skip


def logs(folder: Path, alloc: Spec, query: Any) -> Iterator[bytes]:
    """The asked part of a task's log, piece by piece, plain or as frames; raises Refusal."""
    task, kind = query.get("task", ""), query.get("type", "")
    if kind not in ("stdout", "stderr"):
        raise Refusal(400, "must provide log type (stdout/stderr)")
    if query.get("follow") == "true":
        raise Refusal(501, "the local cluster does not follow logs: ask again")
    offset, origin = _offset(query.get("offset") or "0"), query.get("origin") or "start"
    if origin not in ("start", "end"):
        raise Refusal(400, "origin must be start or end")
    if task not in alloc["AllocatedResources"]["Tasks"]:
        raise Refusal(400, f'unknown task name "{task}"')
    paths = rotation.files(folder / alloc["ID"] / "alloc" / "logs" / task, kind)
    if not paths:
        raise Refusal(404, f'task "{task}" not started yet. No logs available')
    sizes = [path.stat().st_size for path in paths]
    start = max(0, sum(sizes) - offset) if origin == "end" else offset
    return _pieces(paths, sizes, start, plain=query.get("plain") == "true")


def _offset(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        why = f'strconv.ParseInt: parsing "{text}": invalid syntax'
        raise Refusal(400, f"error parsing offset: {why}") from error


def _pieces(paths: list[Path], sizes: list[int], start: int, *, plain: bool) -> Iterator[bytes]:
    """What is written meanwhile is left out."""
    for path, size in zip(paths, sizes, strict=True):
        skipped, start = min(start, size), max(0, start - size)
        try:
            file = path.open("rb")
        except FileNotFoundError:  # it rotated away meanwhile: what follows would not join on
            return
        with file:
            file.seek(skipped)
            ends = 0
            while data := file.read(min(FRAME_BYTES, size - file.tell())):
                # As Nomad does it: a frame adds a whole one, whatever is in it.
                ends = ends + FRAME_BYTES if ends else file.tell()
                yield data if plain else _frame(path, data, ends)


def _frame(path: Path, data: bytes, ends: int) -> bytes:
    coded = base64.b64encode(data).decode()
    frame = {"Data": coded, "File": f"alloc/logs/{path.name}", "Offset": ends}
    return json.dumps(frame, separators=(",", ":")).encode()
