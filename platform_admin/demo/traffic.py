"""The job behind "Send traffic": a bounded load on the example, noted for its page."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from django.utils import timezone
from redis import Redis, RedisError

from platform_admin.demo.load.orders import Orders
from platform_admin.demo.load.send import run as send
from platform_admin.demo.load.shape import Stretch
from platform_admin.demo.load.tally import Tally, requests
from platform_admin.demo.run.plan import LATE_S, PACK_S, TASK
from platform_admin.demo.shop import redis_url, target
from platform_admin.models import Environment, ScalingPolicy
from platform_admin.rules.traffic import FIRST_SHARE, MOST_RATE, MOST_S, grows_s
from platform_admin.verbs import traffic

REQUESTS_AN_ORDER = 30
_log = logging.getLogger(__name__)


def run(environment_id: int, name: str, rate: int, seconds: int) -> None:
    """Nothing; the load was sent, or somebody stopped it. Bounded whatever it is called with."""
    if not traffic.has_turn(environment_id, name):
        return
    environment = Environment.objects.select_related("app", "cell").get(pk=environment_id)
    shape = grown(min(rate, MOST_RATE), min(seconds, MOST_S))
    tally, turn = Tally(_late_s(environment)), _Turn(environment_id, name, rate, seconds)
    few = [
        Stretch(each.seconds, each.first / REQUESTS_AN_ORDER, each.last / REQUESTS_AN_ORDER)
        for each in shape
    ]
    orders = Orders(Redis.from_url(redis_url(environment)), name, few, PACK_S)
    orders.start()
    try:
        send(target(environment, TASK), shape, tally, tell=turn.tell, going=turn.going)
    finally:
        orders.stop()
        turn.end(tally)


def grown(rate: float, seconds: float) -> list[Stretch]:
    """The rate over time: it grows evenly, then stays."""
    grows = grows_s(seconds)
    return [Stretch(grows, rate * FIRST_SHARE, rate), Stretch(seconds - grows, rate, rate)]


class _Turn:
    """What the job and the page know of each other; asked and told once a second."""

    def __init__(self, environment_id: int, name: str, rate: int, seconds: int) -> None:
        self._environment_id, self._name = environment_id, name
        self._state = traffic.Traffic(name, rate, _end(seconds), since=timezone.now())
        self._going = True

    def going(self) -> bool:
        """Whether nobody has stopped it, as of the last second."""
        return self._going

    def tell(self, tally: Tally) -> None:
        """Nothing; the page shows the counts so far, or those of the last time where it can not.

        While the queues' server is away nothing is known: nobody has stopped it.
        """
        self._count(tally)
        try:
            self._going = traffic.has_turn(self._environment_id, self._name)
            if self._going:
                traffic.note(self._environment_id, self._state)
        except RedisError as error:
            _log.warning("what was sent can not be told: %s", error)

    def _count(self, tally: Tally) -> None:
        found = requests(tally.slots())
        self._state = replace(
            self._state,
            sent=found.total,
            late=found.late,
            failed=found.failed,
            failures=tuple(tally.failures(traffic.FAILURE_SLOT_S)),
        )

    def end(self, tally: Tally) -> None:
        """Nothing; the page shows the last counts, and the next may start.

        Where nobody can be told, the turn and what the page says end by themselves.
        """
        self._count(tally)
        ended = replace(self._state, running=False, until=timezone.now())
        try:
            traffic.note(self._environment_id, ended)
            traffic.end_turn(self._environment_id, self._name)
        except RedisError as error:
            _log.warning("the end of what was sent can not be told: %s", error)


def _end(seconds: int) -> datetime:
    return timezone.now() + timedelta(seconds=seconds + traffic.GRACE_S)


def _late_s(environment: Environment) -> float:
    """The latency target of web as it stands, else that of the demo."""
    policy = ScalingPolicy.objects.filter(service__environment=environment, service__name="web")
    target_ms = policy.values_list("latency_ms", flat=True).first()
    return target_ms / 1000 if target_ms else LATE_S
