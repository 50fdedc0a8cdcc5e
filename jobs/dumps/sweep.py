"""What a worker that was killed has left of dumps: rows that wait for ever, and files of none."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from platform_admin.models import Dump
from platform_admin.verbs.dumps import QUEUE, RUN, end_dump, folder
from platform_admin.verbs.queue import enqueue

SILENT = timedelta(seconds=60)
"""A worker says every second that it goes on."""
FORGOTTEN_S = 3600.0
INTERVAL_S = 30


def sweep() -> None:
    """End dumps whose worker is gone, ask again for those that nobody took, drop stray files."""
    now = datetime.now(UTC)
    for dump in Dump.objects.filter(state=Dump.State.RUNNING, beat_at__lt=now - SILENT):
        end_dump(dump.pk, 0, "Its worker ended before it did: ask for another one.")
    for dump in Dump.objects.filter(state=Dump.State.WAITING, asked_at__lt=now - SILENT):
        # The row is what counts: whoever takes it first makes it.
        enqueue(QUEUE, RUN, str(dump.pk), ttl_s=INTERVAL_S)
    _drop_strays()


def _drop_strays() -> None:
    """Take files away that no row names, once nobody can still be at work on them."""
    old = time.time() - FORGOTTEN_S
    found = [path for path in folder().glob("*.*") if path.stat().st_mtime < old]
    known = set(Dump.objects.exclude(state=Dump.State.FAILED).values_list("pk", flat=True))
    for path in found:
        if _id(path.stem) not in known:
            path.unlink(missing_ok=True)


def _id(stem: str) -> UUID | None:
    try:
        return UUID(stem)
    except ValueError:
        return None
