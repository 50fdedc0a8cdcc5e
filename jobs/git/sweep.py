"""What a worker that was killed has left of fetches: rows that wait for ever; and old failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from platform_admin.models import Fetch
from platform_admin.verbs.fetches import QUEUE, RUN, fail_fetch
from platform_admin.verbs.queue import enqueue

SILENT = timedelta(minutes=3)
"""A worker says every second that it goes on, but for while it unpacks something large."""
WAITS = timedelta(seconds=60)
KEPT = timedelta(days=7)
INTERVAL_S = 30


def sweep() -> None:
    """End fetches whose worker is gone, ask again for those that nobody took, forget failures."""
    now = datetime.now(UTC)
    for fetch in Fetch.objects.filter(state=Fetch.State.RUNNING, beat_at__lt=now - SILENT):
        fail_fetch(fetch.pk, "Its worker ended before it did: fetch it again.")
    for fetch in Fetch.objects.filter(state=Fetch.State.WAITING, asked_at__lt=now - WAITS):
        # The row is what counts: whoever takes it first fetches it.
        enqueue(QUEUE, RUN, str(fetch.pk), ttl_s=INTERVAL_S)
    ended = (Fetch.State.FAILED, Fetch.State.CANCELLED)
    Fetch.objects.filter(state__in=ended, finished_at__lt=now - KEPT).delete()
