"""What was broken on purpose, and what the platform did about it, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs.document.types import KINDS_WITH_PORT
from platform_admin.models import Fault, ScalingEvent
from platform_admin.pages.words import count, duration
from platform_admin.rules.faults import LASTS_S, Kind


@dataclass(frozen=True)
class Line:
    """One fault: when it began, how it stands, and the whole of it in a sentence or two."""

    at: datetime
    look: str
    word: str
    sentence: str


def lines(faults: Sequence[Fault], now: datetime) -> list[Line]:
    """A line a fault, in their order."""
    return [_line(each, now) for each in faults]


def _line(fault: Fault, now: datetime) -> Line:
    look, word = _state(fault, now)
    parts = [_done(fault)]
    if fault.refused:
        parts = [f"{_asked(fault)}, which failed: {fault.refused}."]
    else:
        parts += [_since(fault, now), _failed(fault)]
    return Line(fault.at, look, word, " ".join(part for part in parts if part))


def _state(fault: Fault, now: datetime) -> tuple[str, str]:
    if fault.refused:
        return "failed", "failed"
    if fault.ended_at is not None:
        return "healthy", "over"
    return ("starting", "going on") if fault.goes_on(now) else ("degraded", "not over yet")


def _asked(fault: Fault) -> str:
    what = {
        Kind.STOP: f"to stop {_instance(fault)} gently",
        Kind.KILL: f"to kill {_instance(fault)}",
        Kind.CUT: "to cut off Nomad",
        Kind.SILENCE: "to silence the metrics",
    }
    return f"{fault.actor_name} asked {what[Kind(fault.kind)]}"


def _done(fault: Fault) -> str:
    lasts = f"{LASTS_S[Kind(fault.kind)]} s"
    said = {
        Kind.STOP: f"{_instance(fault).capitalize()} was stopped gently by {fault.actor_name};",
        Kind.KILL: f"{_instance(fault).capitalize()} was killed by {fault.actor_name};",
        Kind.CUT: f"Nomad was cut off for {lasts} by {fault.actor_name};",
        Kind.SILENCE: f"The metrics were silenced for {lasts} by {fault.actor_name};",
    }
    return said[Kind(fault.kind)]


def _instance(fault: Fault) -> str:
    return f"instance {(fault.number or 0) + 1} of {fault.service.name}"


def _since(fault: Fault, now: datetime) -> str:
    if fault.kind == Kind.CUT:
        return _since_cut(fault)
    if fault.kind == Kind.SILENCE:
        return _since_silence(fault, now)
    return _since_lost(fault)


def _since_lost(fault: Fault) -> str:
    if fault.replaced_at is None:
        return "Nomad has not started another one yet."
    again = "it again" if fault.replaced_by == fault.allocation else "another"
    started = f"Nomad started {again} after {_after(fault, fault.replaced_at)}"
    if fault.ended_at is None:
        return f"{started}, which is not healthy yet."
    return f"{started}, seen healthy after {_after(fault, fault.ended_at)}."


def _since_cut(fault: Fault) -> str:
    if fault.ended_at is None:
        return "apps go on, and pages show what was seen last."
    return f"what runs was seen again after {_after(fault, fault.ended_at)}."


def _since_silence(fault: Fault, now: datetime) -> str:
    if fault.ended_at is None and fault.goes_on(now):
        return "nothing is known of requests, and so nothing is scaled in."
    lowered = _lowered(fault)
    fewer = f"{count(lowered, 'instance was', 'instances were')} taken away" if lowered else ""
    return f"nothing was known of requests, and {fewer or 'no instance was taken away'}."


def _lowered(fault: Fault) -> int:
    """By how many the scaler lowered what the edge measures, while the edge said nothing."""
    found = ScalingEvent.objects.filter(
        service__environment=fault.service.environment_id,
        service__kind__in=KINDS_WITH_PORT,
        origin=ScalingEvent.Origin.POLICY,
        outcome=ScalingEvent.Outcome.APPLIED,
        at__gte=fault.at,
        at__lt=fault.until,
    ).values_list("before", "after")
    return sum(max(0, before - after) for before, after in found)


def _failed(fault: Fault) -> str:
    """Nothing where no traffic was being sent: then nobody counted."""
    return "" if fault.failed is None else f"{count(fault.failed, 'request')} failed."


def _after(fault: Fault, moment: datetime) -> str:
    return duration((moment - fault.at).total_seconds())
