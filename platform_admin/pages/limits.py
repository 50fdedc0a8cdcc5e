"""What was measured of a release's instances, in words, and what is assumed until it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from platform_admin.models import Service, ServiceLimits
from platform_admin.pages.standing import live_colour
from scaler.rules.figures import counted, requests, seconds
from scaler.rules.policies import STOPS_S

GUESS, LIKELY = 0.4, 0.75
"""Confidence from which on it is no guess any more, and from which on it is sure."""


@dataclass(frozen=True)
class Part:
    """One limit in words; `exact` is what a hover adds, "" for nothing."""

    text: str
    exact: str = ""


@dataclass(frozen=True)
class Limits:
    """The limits of a live release in words.

    `start_up_s` is the measured start-up that is used, None where it is assumed; `measured` says
    whether any of them is of this release.
    """

    release: int
    measured: bool
    parts: tuple[Part, ...]
    start_up_s: float | None


def limits_of(service: Service, release: int | None) -> Limits | None:
    """The limits of the service while this release is live; None for one that never was."""
    if release is None:
        return None
    rows = [row for row in service.limits.all() if row.release <= release]
    start_up = newest(rows, "start_up_s")
    return Limits(
        release,
        any(row.release == release for row in rows),
        tuple(_parts(service, rows, release)),
        start_up.start_up_s if start_up else None,
    )


def live_limits(service: Service) -> Limits | None:
    """The limits of what is live of the service now; None where nothing ever was."""
    colour = live_colour(service)
    return limits_of(service, colour.release.number if colour and colour.release else None)


def newest(rows: Iterable[ServiceLimits], name: str) -> ServiceLimits | None:
    """The row of the newest release of which this was measured."""
    known = (row for row in rows if getattr(row, name) is not None)
    return max(known, key=lambda row: row.release, default=None)


def certainty(confidence: float) -> str:
    """How sure a capacity is, in a word or two, from its confidence of 0 to 1."""
    if confidence < GUESS:
        return "a guess"
    return "likely" if confidence < LIKELY else "sure"


def _parts(service: Service, rows: list[ServiceLimits], release: int) -> Iterator[Part]:
    if service.has_port:
        yield _holds(newest(rows, "holds"), release)
    start_up, stop = newest(rows, "start_up_s"), newest(rows, "stop_s")
    if start_up is None or start_up.start_up_s is None:
        yield Part(f"its start not measured yet: assumed {seconds(service.policy.start_up_s)}")
    else:
        seen = counted(start_up.start_ups, "start-up", "start-ups")
        said = f"ready {seconds(start_up.start_up_s)} after its order"
        yield Part(f"{said} ({_source(start_up, release, seen)})")
    if stop is None or stop.stop_s is None:
        yield Part(f"its end not measured yet: assumed {seconds(STOPS_S)}")
    else:
        said = f"gone {seconds(stop.stop_s)} after its end was ordered"
        yield Part(f"{said} ({_source(stop, release, str(stop.stops))})")


def _holds(row: ServiceLimits | None, release: int) -> Part:
    if row is None or row.holds is None:
        return Part("what an instance holds not measured yet")
    said = f"{requests(row.holds)} for each instance"
    words = _source(row, release, certainty(row.confidence))
    return Part(f"{said} ({words})", f"{row.holds:.4g} requests/s, confidence {row.confidence:.2f}")


def _source(row: ServiceLimits, release: int, measured: str) -> str:
    if row.release == release:
        return measured
    return f"assumed from release {row.release} until it is measured"
