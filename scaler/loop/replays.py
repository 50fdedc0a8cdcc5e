"""Replays that people asked for, one after the other, beside the loop."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from rq.timeouts import BaseTimeoutException

from platform_admin.models import ScalingPolicy, Service
from platform_admin.rules.schedules import read, zone_of
from platform_admin.verbs import replays
from platform_admin.verbs.replays import Replay
from scaler.backtest.replayed import Asked, replayed
from scaler.backtest.timetable import Timetable
from scaler.loop.limits import limits
from scaler.loop.policies import policy_of
from scaler.policies.readings import INTERVAL_S
from scaler.rules.policies import Policy
from scaler.samples.hours import measured

BACK = timedelta(days=7)
TOLD_EVERY_S = 0.5
USUAL_LATENCY_S, USUAL_WAIT_S = 0.5, 60.0
"""From which on somebody is late where neither policy has a target."""
TOO_LITTLE = "Less than ten minutes are known of its load: there is nothing to replay yet."
FAILED = "It failed, which is a mistake of Muster's: an operator finds it among the failed jobs."
REPLACED = "Another replay that you asked for took its place: start this one again."
TOOK_TOO_LONG = "It took too long and was given up: try again when less is going on."


class Replaced(Exception):
    """A newer one was asked for."""


def run(service: int, user: int, name: str) -> None:
    """Makes the replay, and tells how far it is; nothing where nobody wants it any more."""
    asked = replays.replay_of(service, user, name)
    row = Service.objects.select_related("policy").filter(pk=service).first()
    if asked is None or row is None:
        return

    def told(share: float) -> None:
        if not replays.tell(service, user, name, replace(asked, share=share)):
            raise Replaced

    try:
        result = _made(row, asked, _Seldom(told))
    except Replaced:
        replays.put(service, user, name, replace(asked, trouble=REPLACED))
        return
    except BaseTimeoutException:
        replays.tell(service, user, name, replace(asked, trouble=TOOK_TOO_LONG))
        raise
    except Exception:
        replays.tell(service, user, name, replace(asked, trouble=FAILED))
        raise
    done = replace(asked, share=1.0, result=result, before=None)
    replays.tell(service, user, name, done if result else replace(asked, trouble=TOO_LITTLE))


def _made(service: Service, asked: Replay, told: _Seldom) -> Mapping[str, Any] | None:
    told(0.0)
    until = datetime.now(UTC)
    at, table = measured(service.pk, until - BACK, until)
    found = replayed(at, table, asked_of(service, asked), told)
    return asdict(found) if found else None


def asked_of(service: Service, replay: Replay) -> Asked:
    """Both policies, and the target of the typed one: the same for both."""
    row, typed = service.policy, ScalingPolicy(**replay.typed)
    measured_s = _start_up_s(service)
    if service.kind == Service.Kind.WORKER:
        late_s = float(typed.drain_s or row.drain_s or USUAL_WAIT_S)
    else:
        late_s = float(typed.latency_ms or row.latency_ms or 0) / 1000 or USUAL_LATENCY_S
    return Asked(
        now=_policy(row, service.kind, service.minimum, service.maximum, measured_s),
        typed=_policy(typed, service.kind, replay.minimum, replay.maximum, measured_s),
        late_s=late_s,
        metrics=(row.metric, typed.metric),
        guards_s=(row.guard_s, typed.guard_s),
        timetables=(_timetable(row), _timetable(typed)),
    )


def _timetable(row: ScalingPolicy) -> Timetable:
    return Timetable(read(row.windows), zone_of(row.time_zone, settings.TIME_ZONE))


def _start_up_s(service: Service) -> float | None:
    """As measured of what is live, or of the newest release before it; None where nothing is."""
    [found] = limits(np.array([service.pk], dtype=np.int64)).start_up_s
    return None if np.isnan(found) else float(found)


def _policy(
    row: ScalingPolicy, kind: str, minimum: int, maximum: int, measured_s: float | None
) -> Policy:
    found = policy_of(row, kind, float(INTERVAL_S))
    start_up_s = found.start_up_s if measured_s is None else measured_s
    return replace(found, minimum=minimum, maximum=maximum, start_up_s=start_up_s)


class _Seldom:
    """Tells at most every TOLD_EVERY_S."""

    def __init__(self, told: Any) -> None:
        self._told, self._last = told, float("-inf")

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if now - self._last >= TOLD_EVERY_S:
            self._last = now
            self._told(share)
