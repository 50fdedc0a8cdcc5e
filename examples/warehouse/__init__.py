"""The example with all kinds of services and resources, packed as a team would upload it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from examples.packing import packed

FILES = "site"
"""The part that runs no program: its archive holds its own files alone."""
PARTS = (FILES, "web", "stock", "packer", "books", "foreman")
FOLDER = Path(__file__).parent
# What the programs use; their archives have it beside their own files.
SHARED = "shared"


def archive(part: str) -> bytes:
    """A tar.gz of one part's files; the same files give the same bytes, so the same artifact."""
    if part not in PARTS:
        raise ValueError(f"The warehouse has no part {part!r}; it has {', '.join(PARTS)}.")
    return packed(_files(part))


def file(python: str, artifacts: Mapping[str, str]) -> str:
    """The environment's file as YAML, for programs that this Python runs, from these archives.

    `artifacts`: the SHA-256 of each part's archive, in hexadecimal digits.
    """
    text = Template((FOLDER / "warehouse.yaml").read_text())
    # What JSON quotes, YAML reads.
    return text.substitute(artifacts, python=json.dumps(python))


def _files(part: str) -> Iterator[Path]:
    for folder in (part,) if part == FILES else (SHARED, part):
        yield from (path for path in (FOLDER / folder).iterdir() if path.is_file())
