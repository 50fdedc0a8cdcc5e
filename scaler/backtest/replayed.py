"""A service's past under its policy, under another one, and as nobody could do it better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from scaler.backtest import jobs, traffic, web
from scaler.backtest.came import Came
from scaler.backtest.jobs import Jobs
from scaler.backtest.stretches import Stretches, cut
from scaler.backtest.timetable import NONE, Timetable
from scaler.backtest.traffic import Traffic
from scaler.policies.readings import INTERVAL_S
from scaler.rules.arrays import Floats
from scaler.rules.learning import learns_latency
from scaler.rules.policies import KINDS, Policies, Policy, compiled

LENGTH, WARM = 360, 180
"""Readings: an hour that is scored, after half an hour that is not."""
LONGEST_WARM = 420
A_SLOT = 30
"""Readings that a slot of the day has: a stretch is begun to be run at one's begin."""
POINTS = 480
WORKER = KINDS.index("worker")


@dataclass(frozen=True)
class Asked:
    """The policy that there is, another one, and the seconds from which on somebody is late.

    `metrics`: the names of the second signals of both; `guards_s`: what would wait longer is turned
    away under each, None for no guard. `timetables`: the schedules of both.
    """

    now: Policy
    typed: Policy
    late_s: float
    metrics: tuple[str, str] = ("", "")
    guards_s: tuple[int | None, int | None] = (None, None)
    timetables: tuple[Timetable, Timetable] = (NONE, NONE)


@dataclass(frozen=True)
class Line:
    """Requests (jobs), the late ones, instance-hours, changes, the highest count, and a track.

    `track`: the highest count of each of the points.
    """

    requests: float
    late: float
    instance_h: float
    changes: int
    highest: int
    track: list[int]


@dataclass(frozen=True)
class Replayed:
    """The past from `since` to `until` (seconds), in points of `step_s`, at most POINTS.

    `demand`: requests or jobs that came a second; `unknown`: the share of the time in which that
    is not known, but carried on. `now`, `typed` and `best` are of the policies, and of who knew
    everything beforehand; `unguarded` is of the typed one if it turned nobody away, None where it
    does not.
    """

    since: float
    until: float
    step_s: int
    late_s: float
    unknown: float
    demand: list[float]
    now: Line
    typed: Line
    best: Line
    unguarded: Line | None


def replayed(
    at: Floats, table: Floats, asked: Asked, told: Callable[[float], None] = lambda _: None
) -> Replayed | None:
    """What came of the past, None where too little is known; `told` hears of the share done.

    `at` (k,) seconds and `table` (SERIES, k) as `scaler.samples.hours.measured` reads them.

    The past is cut into hours that are run beside each other, each after half an hour of warming
    up, or as long as the policies look back, with what the hours before it taught: a week costs
    little more than an hour. On a day of web_nasa95_jul_1m J came out 0.2 % and 4.6 % (a target of
    500 and of 250 ms) above that of one stretch from end to end, the late share 1.05 and 0.77 % for
    0.98 and 0.96 %.
    """
    guarded = asked.guards_s[1] is not None
    both = compiled([asked.now, asked.typed, *([asked.typed] if guarded else [])])
    present = compiled([asked.now])
    if both.kind[1] == WORKER:
        return _of_jobs(jobs.jobs(at, table, present), both, asked, told)
    return _of_traffic(traffic.traffic(at, table, present), both, asked, told)


def _of_traffic(
    past: Traffic | None, both: Policies, asked: Asked, told: Callable[[float], None]
) -> Replayed | None:
    if past is None:
        return None
    parts = _parts(len(past.rates), both)
    settings = web.settings_of(past, both, asked.late_s)
    rounds = 2 if learns_latency(both).any() else 1
    heard = _Heard(rounds * parts.run, told)
    more = len(both) - len(asked.metrics)
    now, typed, *unguarded = web.came_of(
        past,
        both,
        asked.metrics + asked.metrics[1:] * more,
        asked.guards_s + (None,) * more,
        asked.timetables + asked.timetables[1:] * more,
        settings,
        parts,
        heard,
    )
    best = web.cheapest_of(past, both, settings, parts)
    return _shown(past, parts, asked, [now, typed, best, *unguarded])


def _of_jobs(
    past: Jobs | None, both: Policies, asked: Asked, told: Callable[[float], None]
) -> Replayed | None:
    if past is None:
        return None
    parts = _parts(len(past.rates), both)
    heard = _Heard(parts.run, told)
    now, typed = jobs.came_of(past, both, asked.timetables, asked.late_s, parts, heard)
    return _shown(past, parts, asked, [now, typed, jobs.cheapest_of(past, both, parts)])


class _Heard:
    """Counts the readings, and tells the share of all of them."""

    def __init__(self, readings: int, told: Callable[[float], None]) -> None:
        self._readings, self._told, self._heard = readings, told, 0

    def __call__(self, _: int) -> None:
        self._heard += 1
        self._told(min(self._heard / self._readings, 1.0))


def _parts(readings: int, both: Policies) -> Stretches:
    """Stretches that are warmed up for longer than the longest window and cooldown."""
    looks_back_s = max(
        float(each.max(initial=0.0))
        for way in (both.up, both.down)
        for each in (way.window_s, way.cooldown_s, np.nan_to_num(way.period_s))
    )
    slots = int(np.ceil(looks_back_s / INTERVAL_S / A_SLOT)) + 1
    return cut(readings, LENGTH, min(max(WARM, slots * A_SLOT), LONGEST_WARM))


def _shown(past: Traffic | Jobs, parts: Stretches, asked: Asked, came: Sequence[Came]) -> Replayed:
    readings = parts.many * parts.length
    by = -(-readings // POINTS)
    lines = [_line(each, by) for each in came]
    known = past.known[parts.first :]
    return Replayed(
        since=past.since + INTERVAL_S * parts.first,
        until=past.since + INTERVAL_S * len(past.rates),
        step_s=by * INTERVAL_S,
        late_s=asked.late_s,
        unknown=float(1.0 - known.mean()),
        demand=[round(each, 3) for each in _means(past.rates[parts.first :], by).tolist()],
        now=lines[0],
        typed=lines[1],
        best=lines[2],
        unguarded=lines[3] if len(lines) > 3 else None,
    )


def _line(came: Came, by: int) -> Line:
    return Line(
        requests=came.requests,
        late=came.late,
        instance_h=came.instance_s / 3600.0,
        changes=came.changes,
        highest=int(came.track.max(initial=0.0)),
        track=[round(each) for each in _points(came.track, by, np.maximum).tolist()],
    )


def _points(values: Floats, by: int, choose: np.ufunc) -> Floats:
    return np.asarray(choose.reduceat(values, np.arange(0, len(values), by)))


def _means(values: Floats, by: int) -> Floats:
    return _points(values, by, np.add) / _points(np.ones_like(values), by, np.add)
