"""Releases, scalings, hands and crashes at once: the machine keeps its promises (releases.md)."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.jobs.deploy import driver, effects
from tests.jobs.deploy.play import Play
from tests.jobs.deploy.world import COLOURS, Deployment, Service, World

FAULTS = ("kills", "hands", "cancels", "quota", "away", "lowers", "raises", "bad", "suspends")
KINDS = ("good", "good", "good", "good", "dead", "broken", "flaky")
NAMES = ("worker", "api", "web")
BESIDE = ("apply", "unread", "sweep", "repair")
BETWEEN = ("", "twice", "sweep", "round")
PHASES = (Phase.generate, Phase.shrink)
numbers = st.integers(0, 7)
names = st.sampled_from(NAMES)


def new_world(quota: int, seed: int) -> World:
    """A worker, a callee and its caller, none of them ever live."""
    services = tuple(Service(name, rank, name != "worker") for rank, name in enumerate(NAMES))
    return World(services, quota, seed)


class Releases(RuleBasedStateMachine):
    """Random deployments, ticks and faults; at the end faults stop and everything must settle."""

    ended: ClassVar[Counter[str]] = Counter()

    @initialize(
        quota=st.integers(3, 12),
        seed=st.integers(0, 2**16),
        faults=st.sets(st.sampled_from(FAULTS)),
        desired=st.tuples(*[st.integers(0, 4)] * 3),
        first=st.booleans(),
    )
    def begin(
        self, quota: int, seed: int, faults: set[str], desired: tuple[int, ...], first: bool
    ) -> None:
        self.world = new_world(quota, seed)
        self.faults = faults
        self.play = Play(self.world)
        for name, count in zip(NAMES, desired, strict=True):
            service = self.world.services[name]
            self.play.run(effects.set_desired(self.world, service, count - 1))
        if first:
            self.deploy(dict.fromkeys(NAMES, "good"), False)
            self.play.settle()
            self.deploy(dict.fromkeys(NAMES, "good"), False)

    @precondition(lambda self: len(self.world.open()) < 3)
    @rule(
        touched=st.dictionaries(names, st.sampled_from(KINDS), min_size=1),
        fails=st.sampled_from((False, False, False, True)),
    )
    def deploy(self, touched: dict[str, str], fails: bool) -> None:
        bad = "bad" in self.faults
        releases = {}
        for name, kind in sorted(touched.items()):
            releases[name] = len(self.world.releases) + 1
            self.world.releases[releases[name]] = kind if bad else "good"
        number = len(self.world.deployments) + 1
        self.world.deployments[number] = Deployment(number, releases, fails and bad)

    @rule(rounds=st.integers(1, 8), storm=st.sampled_from((0.0, 0.05, 0.15)))
    def rounds(self, rounds: int, storm: float) -> None:
        """Everybody has turns; in a storm with faults between them and between their effects."""
        for _ in range(rounds):
            if self.world.random.random() < 3 * storm:
                self._strike()
            self.play.round(storm)

    @precondition(lambda self: self.world.open())
    @rule(number=numbers, done=st.integers(1, 8), between=st.sampled_from(BETWEEN))
    def pass_is_interrupted(self, number: int, done: int, between: str) -> None:
        """A pass does a few effects, or none before another one does the same; then it stays."""
        deployment = self._deployment(number)
        self.play.begin(driver.step(self.world, deployment))
        if between == "twice":
            self.play.run(driver.step(self.world, deployment))
        elif between == "sweep":
            self.play.run(effects.sweep(self.world))
        elif between == "round":
            self.play.round()
        self.play.go_on(-1, done)

    @rule(what=st.sampled_from(BESIDE), name=names, blue=st.booleans())
    def something_else_begins(self, what: str, name: str, blue: bool) -> None:
        world, service = self.world, self.world.services[name]
        colour = COLOURS[0] if blue else COLOURS[1]
        steps = {
            "apply": lambda: effects.apply(world, service, colour),
            "unread": lambda: effects.apply_unread(world, service),
            "sweep": lambda: effects.sweep(world),
            "repair": lambda: effects.repair(world),
        }
        self.play.begin(steps[what]())

    @precondition(lambda self: self.play.frozen)
    @rule(
        number=numbers,
        done=st.integers(1, 6),
        fault=st.sampled_from((None, None, "away", "lost", "crash")),
    )
    def frozen_goes_on(self, number: int, done: int, fault: str | None) -> None:
        if fault == "crash":
            self.play.crash(number)
        else:
            self.play.go_on(number, done, fault)

    @rule(what=st.sampled_from(("observe", "edge", "edge", "blink", "while", "long")))
    def outside_goes_on(self, what: str) -> None:
        match what:
            case "observe":
                self.play.observe()
            case "edge":
                self.play.follow(self.world.random.randrange(2))
            case _:
                self.play.pass_time({"blink": 0.5, "while": 3, "long": 14}[what])

    @precondition(lambda self: self.faults & {"lowers", "raises"})
    @rule(name=names, change=st.integers(1, 4), ticks=st.booleans())
    def set_desired(self, name: str, change: int, ticks: bool) -> None:
        """By a field on the page, or by a tick that is written much later over it."""
        lowers = "raises" not in self.faults or ("lowers" in self.faults and change % 2)
        service = self.world.services[name]
        change = -change if lowers else change
        if ticks:
            self.play.begin(effects.tick(self.world, service, change))
        else:
            self.play.run(effects.set_desired(self.world, service, change))
            self.play.run(effects.sweep(self.world))

    @precondition(lambda self: "suspends" in self.faults)
    @rule(name=names, sweeps=st.booleans())
    def suspend_or_resume(self, name: str, sweeps: bool) -> None:
        self.play.run(effects.suspend(self.world, self.world.services[name]))
        if sweeps:
            self.play.run(effects.sweep(self.world))

    @precondition(lambda self: "kills" in self.faults)
    @rule(name=names, blue=st.booleans(), number=numbers)
    def instance_dies(self, name: str, blue: bool, number: int) -> None:
        key = (name, COLOURS[0] if blue else COLOURS[1])
        if key in self.world.nomad.jobs:
            self.world.disturbed.services.add(name)
            self.world.nomad.kill(key, number, self.world.now)

    @precondition(lambda self: "hands" in self.faults)
    @rule(name=names, blue=st.booleans(), count=st.integers(0, 6))
    def hand(self, name: str, blue: bool, count: int) -> None:
        key = (name, COLOURS[0] if blue else COLOURS[1])
        job = self.world.nomad.jobs.get(key)
        if job and job.count != count:
            self.world.disturbed.hands += 1
            self.world.disturbed.services.add(name)
            self.world.tick()
            self.world.nomad.scale(key, count, index=job.index, ours=False, now=self.world.now)

    @precondition(lambda self: "cancels" in self.faults and self.world.open())
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        effects.fail(self._deployment(number))

    @precondition(lambda self: "away" in self.faults)
    @rule(away=st.booleans())
    def nomad_away(self, away: bool) -> None:
        self.world.nomad_away = away

    @precondition(lambda self: "quota" in self.faults)
    @rule(quota=st.integers(2, 12))
    def quota_changes(self, quota: int) -> None:
        self.world.disturbed.quota_lowered |= quota < self.world.quota
        self.world.quota = quota

    def _strike(self) -> None:
        """One of this run's faults, anywhere."""
        random, faults = self.world.random, sorted(self.faults)
        name, blue, number = random.choice(NAMES), random.random() < 0.5, random.randrange(8)
        match random.choice((*faults, "pause")):
            case "kills":
                self.instance_dies(name, blue, number)
            case "hands":
                self.hand(name, blue, number)
            case "cancels" if self.world.open():
                self.cancel(number)
            case "lowers" | "raises":
                self.set_desired(name, 1 + number % 4, blue)
            case "suspends":
                self.suspend_or_resume(name, blue)
            case "away":
                self.nomad_away(blue)
            case "quota":
                self.quota_changes(2 + number)
            case "pause":
                self.play.pass_time(14)

    def _deployment(self, number: int) -> Deployment:
        return self.world.open()[number % len(self.world.open())]

    def teardown(self) -> None:
        if hasattr(self, "play"):
            self.play.settle()
            self.ended.update(each.state for each in self.world.deployments.values())
            self.ended["runs"] += 1


def run(
    examples: int, steps: int = 40, *, derandomize: bool = True, phases: tuple[Phase, ...] = PHASES
) -> Counter[str]:
    """How many runs, succeeded and failed deployments there were; raises what was violated."""
    Releases.ended.clear()
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Releases, settings=profile)
    return Counter(Releases.ended)


def test_every_promise_holds_under_faults() -> None:
    ended = run(80)
    assert ended["succeeded"] > 50
    assert ended["failed"] > 25


@pytest.mark.full
@pytest.mark.timeout(900)
def test_every_promise_holds_in_many_runs() -> None:
    ended = run(3000, 60, derandomize=False)
    print(dict(ended))
    assert ended["succeeded"] > 3000
