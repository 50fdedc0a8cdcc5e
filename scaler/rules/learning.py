"""The policies that learn, fed with what the rules read: one step of each for every reading."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scaler.policies import capacity, lanes, web, worker
from scaler.policies.arrivals import CARRIED
from scaler.policies.readings import INTERVAL_S, WebReadings, WorkerReadings
from scaler.policies.web import WebState
from scaler.policies.why import numbers_of
from scaler.policies.worker import WorkerState
from scaler.rules.arrays import Bools, Floats, Ints, replaced
from scaler.rules.arrivals import SAME_READING_S
from scaler.rules.observation import Observation
from scaler.rules.policies import Policies
from scaler.rules.spoken import Spoken, placed, silence, together

FULL = "full"
"""The number that says of `holds` that an instance was seen at its limit: that rate."""
SOONER = 0.2
"""Of a step a reading may come before it is due: cron's clock may be off by so much."""
LONGEST_GAP = 60
"""Steps without a reading that are made up for after a pause; a longer one is as long as that."""


@dataclass(frozen=True)
class Learners:
    """All that is remembered of the services that learn, and when they spoke last (seconds).

    `servers` (s,) and `workers` (w,) are the numbers of the services, ascending; `read_at` (s,) is
    when the edge was read for a server last, and `release` (s,) the number of the release that its
    capacity is of, NaN for unknown; `said` is of the servers, then of the workers.
    """

    at: float
    servers: Ints
    read_at: Floats
    release: Floats
    web: WebState
    workers: Ints
    worker: WorkerState
    said: Spoken


def nobody() -> Learners:
    """The learners before the first reading."""
    none = np.empty(0, np.int64)
    return Learners(
        at=-np.inf,
        servers=none,
        read_at=np.empty(0),
        release=np.empty(0),
        web=web.begun(none),
        workers=none,
        worker=worker.begun(0),
        said=silence(0),
    )


def spoke(
    learners: Learners,
    policies: Policies,
    seen: Observation,
    services: Ints,
    places: Ints,
    now: float,
    holds: Floats | None = None,
) -> tuple[Spoken, Learners]:
    """What is wanted of each of `services` (n,), ascending, and the learners after it.

    They are of the services at `places`, ascending; of others nothing is said. A step is made every
    INTERVAL_S; readings that did not come in between count as lost, and one that comes sooner is
    left alone. The given learners are used up. `seen` is a fresh observation at `now`; `holds`
    (n,) is what an instance was measured to hold, which who begins anew goes on from.
    """
    serves = places[learns_latency(policies)[places]]
    works = places[learns_deadline(policies)[places]]
    learners = _set_back(learners, now)
    held = np.full(len(serves), np.nan) if holds is None else holds[serves]
    counts = _whole(seen.desired[serves])
    learners = _moved(learners, services[serves], services[works], counts, held)
    learners = _released(learners, seen.release[serves])
    of_web, of_worker = _of_web(policies, seen, serves), _of_worker(policies, seen, works)
    steps = _steps(learners.at, now)
    for back in range(steps - 1, 0, -1):
        learners = _step(learners, _lost_web(of_web), _lost_jobs(of_worker), now, back)
    if steps:
        read_at = now - seen.edge_age_s[serves]
        of_web = _if_new(of_web, read_at, learners.read_at)
        learners = replace(learners, read_at=np.fmax(learners.read_at, read_at))
        learners = _step(learners, of_web, of_worker, now, 0)
    return _of_all(learners, services), learners


def _step(
    learners: Learners, of_web: WebReadings, of_worker: WorkerReadings, now: float, back: int
) -> Learners:
    """The learners after one step, `back` steps before `now`."""
    at = now - back * INTERVAL_S
    first, after = _web(learners.web, of_web, at)
    second, worked = _worker(learners.worker, of_worker, at)
    said = _beside(first, second)
    return replace(learners, at=at, web=after, worker=worked, said=said)


def learns_latency(policies: Policies) -> Bools:
    """The services that follow their best expert, (n,)."""
    return np.asarray(policies.learns & ~np.isnan(policies.latency_s))


def learns_deadline(policies: Policies) -> Bools:
    """The workers that keep a deadline, (n,)."""
    return np.asarray(policies.learns & ~np.isnan(policies.drain_s))


def _set_back(learners: Learners, now: float) -> Learners:
    """The learners; where the clock was set back since, as if they spoke one step before `now`."""
    if learners.at <= now + INTERVAL_S:
        return learners
    by = now - INTERVAL_S - learners.at
    arrivals = replace(learners.web.arrivals, at=learners.web.arrivals.at + by)
    return replace(
        learners,
        at=learners.at + by,
        read_at=np.full(len(learners.servers), np.nan),
        web=replace(learners.web, arrivals=arrivals),
        worker=replace(learners.worker, needed_at=learners.worker.needed_at + by),
    )


def _steps(last: float, now: float) -> int:
    if np.isinf(last):
        return 1
    return min(max(int((now - last) / INTERVAL_S + SOONER), 0), LONGEST_GAP)


def _of_all(learners: Learners, services: Ints) -> Spoken:
    known = np.concatenate([learners.servers, learners.workers])
    return placed(learners.said, np.searchsorted(services, known), len(services))


def _beside(first: Spoken, second: Spoken) -> Spoken:
    """Of these services and then those."""
    n, m = len(first.count), len(second.count)
    return together(placed(first, np.arange(n), n + m), placed(second, np.arange(n, n + m), n + m))


def _moved(
    learners: Learners, servers: Ints, workers: Ints, counts: Ints, holds: Floats
) -> Learners:
    """The learners of these services; who was not among them begins anew, with what it `holds`."""
    if not np.array_equal(learners.servers, servers):
        were = _were(learners.servers, servers)
        learners = replace(
            learners,
            servers=servers,
            read_at=np.where(were >= 0, _taken(learners.read_at, were), np.nan),
            release=np.where(were >= 0, _taken(learners.release, were), np.nan),
            web=_begun_with(lanes.moved(learners.web, were, counts), were < 0, holds),
            said=_silent(servers, workers),
        )
    if not np.array_equal(learners.workers, workers):
        were = _were(learners.workers, workers)
        old, new = learners.worker, worker.begun(len(workers))
        kept = WorkerState(
            np.where(were >= 0, _taken(old.needed, were), new.needed),
            np.where(were >= 0, _taken(old.needed_at, were), new.needed_at),
        )
        learners = replace(learners, workers=workers, worker=kept, said=_silent(servers, workers))
    return learners


def _begun_with(state: WebState, new: Bools, holds: Floats) -> WebState:
    """The state, the new ones taken to hold that; NaN is nothing known."""
    calm = np.where(new, capacity.ASSUMED_USED * holds, state.capacity.calm)
    return replace(state, capacity=replace(state.capacity, calm=calm))


def _released(learners: Learners, release: Floats) -> Learners:
    """The learners of these releases: what another one's instance holds is assumed. (s,)"""
    others = replaced(learners.release, release)
    known = np.where(np.isnan(release), learners.release, release)
    state = learners.web
    if others.any():
        state = replace(state, capacity=capacity.assumed(state.capacity, others))
    return replace(learners, release=known, web=state)


def _silent(servers: Ints, workers: Ints) -> Spoken:
    return silence(len(servers) + len(workers))


def _were(known: Ints, wanted: Ints) -> Ints:
    """The place of each wanted service among the known ones, -1 where it is none. (n,)"""
    if not len(known):
        return np.full(len(wanted), -1, np.int64)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.where(known[places] == wanted, places, -1)


def _taken(column: Floats, places: Ints) -> Floats:
    return column[places] if len(column) else np.zeros(len(places))


def _whole(counts: Floats) -> Ints:
    return counts.astype(np.int64)


def _of_web(policies: Policies, seen: Observation, of: Ints) -> WebReadings:
    return WebReadings(
        completed=seen.rate[of],
        mean_s=seen.mean_s[of],
        p95_s=seen.p95_s[of],
        fallback=seen.fallback[of],
        open=seen.open[of],
        ready=_whole(np.nan_to_num(seen.ready[of], nan=-1)),
        desired=_whole(seen.desired[of]),
        startup_s=policies.start_up_s[of],
        drain_s=policies.stop_s[of],
        latency_s=policies.latency_s[of],
        price=policies.late_price[of],
        minimum=_whole(policies.minimum[of]),
        maximum=_whole(policies.maximum[of]),
    )


def _of_worker(policies: Policies, seen: Observation, of: Ints) -> WorkerReadings:
    return WorkerReadings(
        waiting=seen.waiting[of],
        busy=seen.busy[of],
        oldest_s=seen.oldest_s[of],
        run_s=seen.service_s[of],
        desired=_whole(seen.desired[of]),
        startup_s=policies.start_up_s[of],
        deadline_s=policies.drain_s[of],
        minimum=_whole(policies.minimum[of]),
        maximum=_whole(policies.maximum[of]),
    )


def _if_new(seen: WebReadings, at: Floats, last: Floats) -> WebReadings:
    """The readings, with nothing known where the edge's is the one of the last time."""
    new = ~(at - last < SAME_READING_S)
    return replace(seen, completed=np.where(new, seen.completed, np.nan))


def _lost_web(seen: WebReadings) -> WebReadings:
    nothing = np.full(len(seen.completed), np.nan)
    return replace(
        seen, completed=nothing, mean_s=nothing, p95_s=nothing, fallback=nothing, open=nothing
    )


def _lost_jobs(seen: WorkerReadings) -> WorkerReadings:
    nothing = np.full(len(seen.waiting), np.nan)
    return replace(seen, waiting=nothing, busy=nothing, oldest_s=nothing, run_s=nothing)


def _web(state: WebState, seen: WebReadings, now: float) -> tuple[Spoken, WebState]:
    """The servers' counts: NaN once so much was lost that nobody can say."""
    if not len(seen.completed):
        return silence(0), state
    wanted, after, why = web.step(state, seen, now)
    lost = (after.arrivals.silent > CARRIED) | np.isnan(after.arrivals.last)
    count = np.where(lost, np.nan, wanted.astype(np.float64))
    sure = why.known & (seen.ready > 0) | (why.arrivals == 0)
    # What was turned away, or found no instance, and is not known may be more than nothing.
    sure &= ~(why.known & np.isnan(seen.fallback))
    numbers = {**numbers_of(why), FULL: np.where(why.known, after.capacity.full, np.nan)}
    return Spoken(count, np.asarray(sure), numbers), after


def _worker(state: WorkerState, seen: WorkerReadings, now: float) -> tuple[Spoken, WorkerState]:
    if not len(seen.waiting):
        return silence(0), state
    wanted, after, why = worker.step(state, seen, now)
    known = np.isfinite(why.need)
    count = np.where(known, wanted.astype(np.float64), np.nan)
    return Spoken(count, known, worker.numbers_of(why)), after
