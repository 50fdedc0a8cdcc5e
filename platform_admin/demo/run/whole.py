"""The whole run, in the order of its parts."""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from redis import Redis

from platform_admin.demo.run.conduct import Run, Say
from platform_admin.demo.run.example import (
    bring_live,
    check_draft,
    found,
    refresh,
    set_web,
    variables,
)
from platform_admin.demo.run.plan import DRAIN_S, LATE_S, PHASES, TASK, Phase
from platform_admin.demo.run.report import Report
from platform_admin.demo.run.short import put_back, short
from platform_admin.demo.run.verdict import judged
from platform_admin.demo.shop import redis_url, target

QUEUES = {"HEALTH_WAITS": "true"}
TIMEOUT_S = 10


def whole(say: Say, phases: tuple[Phase, ...] = PHASES) -> Report:
    """What was found. NotReady where the example is not as the run needs it."""
    environment = found()
    put_back(environment, pause=time.sleep)
    check_draft(environment)
    with short(environment) as differences:
        say("For this run only, and put back at its end:")
        for difference in differences:
            say(f"  {difference}")
        say(f"It is measured and decided every {settings.MUSTER_SCALING_INTERVAL_S} s.")
        run = Run(
            environment=environment,
            target=target(environment, TASK),
            redis=Redis.from_url(redis_url(environment), socket_timeout=TIMEOUT_S),
            name=secrets.token_hex(4),
            late_s=LATE_S,
            interval_s=settings.MUSTER_SCALING_INTERVAL_S,
            say=say,
        )
        if refresh(environment, run.pause):
            say("The example was an older one: it is deployed anew.")
        run.wait_until_down()
        for phase in phases:
            _play(run, phase)
        _calm(run)
        run.came_down = run.wait_until_down()
        return judged(run.report(), phases, drain_s=DRAIN_S)


def _play(run: Run, phase: Phase) -> None:
    """The phase; one with a variable of its own begins and ends at rest, with a deployment."""
    if not phase.queues:
        run.play(phase)
        return
    run.say("\nThe load has ended.")
    _calm(run)
    run.say(f"\nA release of web for phase {phase.name} is deployed, whose health check queues.")
    before = variables(run.environment)
    set_web(run.environment, {**before, **QUEUES})
    bring_live(run.environment, run.pause)
    run.play(phase)
    run.say("\nThe load has ended.")
    _calm(run)
    run.say("\nWhat was live before is deployed again.")
    set_web(run.environment, before)
    bring_live(run.environment, run.pause)


def _calm(run: Run) -> None:
    """Nothing; the orders are packed, and the counts have come down."""
    run.wait_until_empty()
    run.wait_until_down()
