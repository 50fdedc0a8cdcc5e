"""The log of a part."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime


def say(text: str) -> None:
    """Nothing; the line stands in the log with its time, or is lost on a full disk.

    What said it goes on.
    """
    with suppress(OSError):
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ} {text}", file=sys.stderr, flush=True)
