"""The queues as a table: who works on them, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django_rq.settings import get_queues_list

from platform_admin.pages import queues
from platform_admin.pages.condition import Condition
from platform_admin.pages.queues import Seen
from platform_admin.pages.words import duration


@dataclass(frozen=True)
class Line:
    """A queue: what was seen of it (None where it does not answer), and where its jobs are.

    `oldest` is how long its oldest job has waited, in words; "" where none waits.
    """

    name: str
    seen: Seen | None
    how: Condition
    oldest: str
    url: str
    failed_url: str


def lines(now: datetime) -> list[Line]:
    """Every queue that Muster has."""
    places = {each["name"]: place for place, each in enumerate(get_queues_list())}
    return [
        Line(
            name,
            seen,
            how,
            _waited(seen, now),
            reverse("admin:django_rq_jobs", args=[places[name]]),
            reverse("admin:django_rq_failed_jobs", args=[places[name]]),
        )
        for name, seen, how in queues.looks(now)
    ]


def _waited(seen: Seen | None, now: datetime) -> str:
    if seen is None or seen.oldest is None:
        return ""
    return duration((now - seen.oldest).total_seconds())
