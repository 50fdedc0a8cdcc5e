"""Which services answer later than their targets, from what was measured of the last minutes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
from django.conf import settings

from jobs.document.types import KINDS_WITH_PORT
from platform_admin.models import Service
from platform_admin.rules.lateness import Late, lateness
from scaler.rules.arrays import Floats
from scaler.rules.freshness import FRESH_INTERVALS, known
from scaler.samples import window
from scaler.samples.series import SERIES

READ = timedelta(minutes=15)
KEPT = 256

Team = tuple[int, int]


def of_services(services: Iterable[Service], now: datetime) -> dict[int, Late]:
    """How services miss their p95's targets, by key: two queries for each cell of a team."""
    teams: dict[Team, list[Service]] = {}
    for each in services:
        if _target_s(each):
            environment = each.environment
            teams.setdefault((environment.cell_id, environment.app.team_id), []).append(each)
    found: dict[int, Late] = {}
    for team, rows in teams.items():
        found |= _of_team(team, rows, now)
    return found


def forget() -> None:
    """Nothing; what was read is read again."""
    _p95.cache_clear()


def _of_team(team: Team, services: list[Service], now: datetime) -> dict[int, Late]:
    newest = window.newest_at(*team)
    if newest is None or newest < now - READ:
        return {}
    keys = tuple(each.pk for each in services)
    at, table = _p95(team, keys, newest)
    gap_s = _fresh_s()
    found = {
        each.pk: lateness(
            zip(at.tolist(), p95.tolist(), strict=True), _target_s(each), now.timestamp(), gap_s
        )
        for each, p95 in zip(services, table, strict=True)
    }
    return {key: late for key, late in found.items() if late}


@lru_cache(maxsize=KEPT)
def _p95(team: Team, keys: tuple[int, ...], newest: datetime) -> tuple[Floats, Floats]:
    """Times (k,) in seconds, and the p95 of the services then, (n, k); old readings are unknown.

    Ticks do not change once they are there, so the time of the newest one says which are.
    """
    at, table = window.measured_of(*team, keys, newest - READ, newest)
    p95, age = (table[SERIES.index(name)] for name in ("p95_s", "edge_age_s"))
    return at, known(p95, age, np.array(_fresh_s()))


def _target_s(service: Service) -> float:
    """The target of its p95, 0 for a service without one."""
    if service.kind not in KINDS_WITH_PORT:
        return 0.0
    return (service.policy.latency_ms or 0) / 1000


def _fresh_s() -> float:
    return float(FRESH_INTERVALS * settings.MUSTER_SCALING_INTERVAL_S)
