"""The run from its beginning to its end: a loop that looks once a second while loads go on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from redis import Redis

from platform_admin.demo.load.connection import Target
from platform_admin.demo.load.orders import Orders, open_orders, waiting
from platform_admin.demo.load.shape import rate, seconds
from platform_admin.demo.load.tally import requests
from platform_admin.demo.run import lag, sending, watch
from platform_admin.demo.run.marks import booked, marks
from platform_admin.demo.run.plan import PACK_S, Phase
from platform_admin.demo.run.report import (
    Count,
    Decision,
    Jobs,
    Machine,
    PhaseReport,
    Report,
    Use,
    of_service,
)
from platform_admin.demo.run.sending import Sending
from platform_admin.demo.run.timeline import HEADING, Moment, decided, line
from platform_admin.models import Environment

LOOK_S = 1.0
LINE_EVERY = 5
EMPTY_WITHIN_S = 120.0
DOWN_WITHIN_S = 150.0

Say = Callable[[str], None]


@dataclass
class Played:
    """A phase whose load was sent; its last answers may still be on their way."""

    phase: Phase
    began: datetime
    load: Sending
    orders: Orders
    waited_s: float = 0.0


@dataclass
class Run:
    """What was seen so far. `late_s` and `interval_s`: web's target, and how often it is looked."""

    environment: Environment
    target: Target
    redis: Redis
    name: str
    late_s: float
    interval_s: float
    say: Say
    began: datetime = field(default_factory=timezone.now)
    counts: list[Count] = field(default_factory=list)
    use: list[Use] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    came_down: bool = False
    load: float = 0.0
    _said: set[tuple[datetime, str]] = field(default_factory=set)
    _looks: int = 0

    def play(self, phase: Phase) -> None:
        """Nothing; the phase's load was sent, and its last requests are under way."""
        self.say(f"\nPhase {phase.name}, {phase.title}.\n{HEADING}")
        orders = Orders(self.redis, f"{self.name}-{phase.name}", phase.orders, PACK_S)
        load = sending.start(self.target, phase.requests, self.late_s)
        orders.start()
        now = Played(phase, load.began, load, orders)
        self.played.append(now)
        try:
            self._follow(now)
        except BaseException:
            load.stop()
            raise
        finally:
            orders.stop()
        if orders.error is not None:
            raise orders.error

    def pause(self, seconds_: float) -> None:
        """Nothing, after a look: what else waits for something does it by this."""
        self._look("-", None)
        time.sleep(max(seconds_, LOOK_S))

    def wait_until_empty(self) -> None:
        """Nothing; no order waits any more, or too much time has passed."""
        end = time.monotonic() + EMPTY_WITHIN_S
        while open_orders(self.redis) and time.monotonic() < end:
            self.pause(LOOK_S)

    def wait_until_down(self) -> bool:
        """Whether every count came down to its minimum in time."""
        end = time.monotonic() + DOWN_WITHIN_S
        while time.monotonic() < end:
            self.pause(LOOK_S)
            if all(each.desired == each.minimum for each in watch.counts(self.environment)):
                return True
        return False

    def report(self) -> Report:
        """What was found; the last answers are waited for."""
        for played in self.played:
            played.load.finish()
        found = watch.decisions(self.environment, self.began)
        ends = [*(played.began for played in self.played[1:]), timezone.now()]
        phases = [
            self._phase(played, [each for each in found if played.began <= each.time < end])
            for played, end in zip(self.played, ends, strict=True)
        ]
        machine = Machine(self.load, os.cpu_count() or 1)
        return Report(machine, tuple(phases), tuple(self.counts), tuple(self.use), self.came_down)

    def _follow(self, now: Played) -> None:
        whole = seconds(now.phase.requests)
        while (passed := self._passed(now.load)) < whole:
            moment = self._look(now.phase.name, now)
            if passed >= whole - now.phase.settled_s:
                now.waited_s = max(now.waited_s, moment.oldest_s)
            time.sleep(max(0.0, min(LOOK_S, whole - self._passed(now.load))))

    def _passed(self, load: Sending) -> float:
        return (timezone.now() - load.began).total_seconds()

    def _look(self, phase: str, now: Played | None) -> Moment:
        """What stands, noted; every few looks, and on a decision, it is said too."""
        self.load = max(self.load, os.getloadavg()[0])
        counts = watch.counts(self.environment)
        self.counts += counts
        self.use.append(watch.use(self.environment))
        jobs, oldest_s = waiting(self.redis)
        at_s = self._at(timezone.now())
        load = now.load if now else None
        moment = Moment(
            at_s,
            phase,
            rate(load.shape, self._passed(load)) if load else 0.0,
            load.late_share(timezone.now(), LINE_EVERY) if load else None,
            counts,
            jobs,
            oldest_s,
        )
        if self._looks % LINE_EVERY == 0:
            self.say(line(moment))
        self._looks += 1
        self._say_decisions()
        return moment

    def _say_decisions(self) -> None:
        for decision in watch.decisions(self.environment, self.began):
            if (decision.time, decision.service) not in self._said:
                self._said.add((decision.time, decision.service))
                self.say(decided(self._at(decision.time), decision))

    def _at(self, time_: datetime) -> float:
        return (time_ - self.began).total_seconds()

    def _phase(self, played: Played, decisions: Sequence[Decision]) -> PhaseReport:
        load = played.load
        at = lag.breach(load.slots, load.began, late_s=self.late_s, interval_s=self.interval_s)
        changes = [
            each for each in decisions if each.service == "web" and each.before != each.after
        ]
        counts = of_service(self.counts, "web")
        to_request, to_healthy = lag.lag(at, changes, counts)
        return PhaseReport(
            name=played.phase.name,
            breach_to_request_s=to_request,
            breach_to_healthy_s=to_healthy,
            requests=requests(load.slots),
            jobs=self._jobs(played.orders),
            decisions=tuple(decisions),
            late_at_end=load.late_at_end(played.phase.settled_s),
            waited_s=played.waited_s,
            reasons=tuple(f"{count} {why}" for why, count in load.reasons.items()),
        )

    def _jobs(self, orders: Orders) -> Jobs:
        return booked(orders.ids, marks(self.redis, orders.marks))
