"""How crons stand: what runs, how the last run ended, when the next one comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils import timezone

from jobs.document import ServiceDoc
from platform_admin.models import Run, Service
from platform_admin.pages.figures import Figure
from platform_admin.pages.words import age, duration
from platform_admin.rules.cron import Cron, CronError, OddDay, odd_days, read, upcoming, zone_of
from platform_admin.verbs.live import live_doc

SHOWN = 5
ODD_SHOWN = 2


@dataclass(frozen=True)
class Clock:
    """A cron now: the run under way, the last that ended, and the next launches of what is live."""

    going: Run | None = None
    last: Run | None = None
    following: tuple[datetime, ...] = ()
    schedule: str = ""
    time_zone: str = "UTC"

    @property
    def next_at(self) -> datetime | None:
        return self.following[0] if self.following else None

    @property
    def last_run_bad(self) -> bool:
        return self.last is not None and self.last.state in Run.BAD


@dataclass(frozen=True)
class Preview:
    """What a schedule becomes: its next launches, and in words what a set clock does to it."""

    following: tuple[datetime, ...]
    odd: tuple[str, ...]
    time_zone: str


def of_services(services: Sequence[Service], now: datetime) -> Mapping[int, Clock]:
    """The crons among these services, by key."""
    crons = [each for each in services if each.kind == Service.Kind.CRON]
    return {each.pk: of_service(each, now) for each in crons}


def of_service(service: Service, now: datetime) -> Clock:
    """How one cron stands."""
    by_clock = service.runs.filter(kind__in=(Run.Kind.CLOCK, Run.Kind.HAND)).defer("log")
    ended = by_clock.exclude(state__in=(*Run.OPEN, Run.State.SKIPPED, Run.State.CANCELLED))
    doc = live_doc(service)
    return Clock(
        going=by_clock.filter(state__in=Run.OPEN).first(),
        last=ended.first(),
        following=_following(doc, now) if doc and service.desired else (),
        schedule=(doc.schedule if doc else None) or "",
        time_zone=(doc.time_zone if doc else None) or "UTC",
    )


def preview(schedule: str, time_zone: str, now: datetime) -> Preview | None:
    """What a typed schedule becomes; None for one that can not be read."""
    try:
        cron, zone = read(schedule), zone_of(time_zone)
    except (CronError, KeyError):
        return None
    local = now.astimezone(zone).date()
    odd = islice(odd_days(cron, zone, local), ODD_SHOWN)
    return Preview(
        tuple(islice(upcoming(cron, zone, now), SHOWN)),
        tuple(_in_words(each) for each in odd) if _by_hour(cron) else (),
        time_zone or "UTC",
    )


def figures(clock: Clock, now: datetime) -> tuple[Figure, Figure]:
    """In an environment's table: when it runs next, and how the last run ended."""
    coming = Figure("Next run", age(clock.next_at, now) if clock.next_at else "")
    if clock.going:
        coming = Figure("Next run", "running now")
    if clock.last is None:
        return coming, Figure("Last run", "none yet")
    ended = clock.last.ended_at or clock.last.launch_at
    said = clock.last.get_state_display()
    return coming, Figure("Last run", said, age(ended, now), over=clock.last_run_bad)


def sentence(clock: Clock, *, release: int | None, on: bool, now: datetime | None = None) -> str:
    """How a cron stands, in words."""
    now = now or timezone.now()
    parts = [f"Runs at {clock.schedule} ({clock.time_zone}), on release {release}"]
    if not on:
        parts = [f"Suspended: it does not run; release {release} is live"]
    elif clock.going:
        parts.append("a run is under way")
    elif clock.next_at:
        parts.append(f"next {age(clock.next_at, now)}")
    if clock.last is not None:
        ended = clock.last.ended_at or clock.last.launch_at
        parts.append(f"the last run {clock.last.get_state_display()} {age(ended, now)}")
    return "; ".join(parts) + "."


def took(run: Run) -> str:
    """How long a run took, or has run so far; "" for one that never began."""
    if run.started_at is None:
        return ""
    return duration(((run.ended_at or timezone.now()) - run.started_at).total_seconds())


def _following(doc: ServiceDoc, now: datetime) -> tuple[datetime, ...]:
    found = preview(doc.schedule or "", doc.time_zone or "", now)
    return found.following if found else ()


def _by_hour(cron: Cron) -> bool:
    """Whether it comes at chosen hours: one that comes every hour loses and gains nothing much."""
    return len(cron.hours) < 24


def _in_words(odd: OddDay) -> str:
    day = f"{odd.day:%A} {odd.day.day} {odd.day:%B %Y}"
    if odd.skipped:
        return f"On {day} the clock goes past {_times(odd.skipped)}: no run then."
    return f"On {day} the clock shows {_times(odd.repeated)} twice: a run each time."


def _times(times: Sequence[object]) -> str:
    shown = [f"{each:%H:%M}" for each in times]
    return shown[0] if len(shown) == 1 else f"{shown[0]} to {shown[-1]}"
