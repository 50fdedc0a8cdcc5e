"""The tests' own program, packed as a team would upload it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

FOLDER = Path(__file__).parent
FILES = ("echo.py", "prepare.py")


def archive() -> bytes:
    """A tar.gz of the program."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in FILES:
            tar.add(FOLDER / name, name)
    return packed.getvalue()
