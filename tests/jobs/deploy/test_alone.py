"""Of a singleton never two instances run, whatever happens between any two steps."""

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

from jobs.deploy.view import View
from tests.jobs.deploy import driver, effects
from tests.jobs.deploy.invariants import Violated
from tests.jobs.deploy.play import Play
from tests.jobs.deploy.world import COLOURS, Deployment, Service, World

NAMES = ("one", "web")
KINDS = ("good", "good", "good", "dead")
FAULTS = ("hands", "cancels", "away", "kills", "cuts", "suspends")
numbers = st.integers(0, 7)


class Alone(RuleBasedStateMachine):
    """Releases of a singleton beside a web service, with every fault that there is."""

    ended: ClassVar[Counter[str]] = Counter()

    @initialize(seed=st.integers(0, 2**16), faults=st.sets(st.sampled_from(FAULTS)))
    def begin(self, seed: int, faults: set[str]) -> None:
        one = Service("one", 0, has_port=False, maximum=1, alone=True)
        self.world = World((one, Service("web", 1, has_port=True)), 4, seed)
        self.faults = faults
        self.play = Play(self.world)
        self.deploy("good", "good", True)
        self.play.settle()

    @precondition(lambda self: len(self.world.open()) < 3)
    @rule(kind=st.sampled_from(KINDS), beside=st.sampled_from(KINDS), both=st.booleans())
    def deploy(self, kind: str, beside: str, both: bool) -> None:
        releases = {}
        for name, each in zip(NAMES if both else NAMES[:1], (kind, beside), strict=False):
            releases[name] = len(self.world.releases) + 1
            self.world.releases[releases[name]] = each
        number = len(self.world.deployments) + 1
        self.world.deployments[number] = Deployment(number, releases)

    @rule(rounds=st.integers(1, 8), storm=st.sampled_from((0.0, 0.05, 0.15)))
    def rounds(self, rounds: int, storm: float) -> None:
        for _ in range(rounds):
            if self.world.random.random() < 3 * storm:
                self._strike()
            self.play.round(storm)

    @precondition(lambda self: self.world.open())
    @rule(number=numbers, done=st.integers(1, 8), again=st.booleans())
    def pass_is_interrupted(self, number: int, done: int, again: bool) -> None:
        deployment = self.world.open()[number % len(self.world.open())]
        self.play.begin(driver.step(self.world, deployment))
        if again:
            self.play.run(driver.step(self.world, deployment))
        self.play.go_on(-1, done)

    @rule(blue=st.booleans(), unread=st.booleans())
    def apply_begins(self, blue: bool, unread: bool) -> None:
        world, service = self.world, self.world.services["one"]
        colour = COLOURS[0] if blue else COLOURS[1]
        step = effects.apply_unread(world, service) if unread else None
        self.play.begin(step or effects.apply(world, service, colour))

    @precondition(lambda self: self.play.frozen)
    @rule(number=numbers, done=st.integers(1, 6), fault=st.sampled_from((None, "away", "lost")))
    def frozen_goes_on(self, number: int, done: int, fault: str | None) -> None:
        self.play.go_on(number, done, fault)

    @rule(what=st.sampled_from(("observe", "edge", "blink", "long")))
    def outside_goes_on(self, what: str) -> None:
        match what:
            case "observe":
                self.play.observe()
            case "edge":
                self.play.follow(self.world.random.randrange(2))
            case _:
                self.play.pass_time({"blink": 0.5, "long": 14}[what])

    @precondition(lambda self: "hands" in self.faults)
    @rule(blue=st.booleans(), count=st.sampled_from((1, 1, 0)))
    def hand(self, blue: bool, count: int) -> None:
        """Somebody scales a job in Nomad, which refuses more than the job may have.

        Who ends the instance and starts another one at once has two, and has asked for it.
        """
        key = ("one", COLOURS[0] if blue else COLOURS[1])
        job = self.world.nomad.jobs.get(key)
        if job and job.count != count <= job.most and not (count and job.allocations):
            self.world.disturbed.hands += 1
            self.world.tick()
            self.world.nomad.scale(key, count, index=job.index, ours=False, now=self.world.now)

    @precondition(lambda self: "cuts" in self.faults)
    @rule(cut=st.booleans())
    def node_is_cut_off(self, cut: bool) -> None:
        """What it runs goes on there, whatever Nomad is told, until it is back."""
        for colour in COLOURS:
            job = self.world.nomad.jobs.get(("one", colour))
            for each in job.allocations if job else ():
                each.cut_off = cut

    @precondition(lambda self: "kills" in self.faults)
    @rule(blue=st.booleans())
    def instance_dies(self, blue: bool) -> None:
        key = ("one", COLOURS[0] if blue else COLOURS[1])
        if key in self.world.nomad.jobs:
            self.world.nomad.kill(key, 0, self.world.now)

    @precondition(lambda self: "cancels" in self.faults and self.world.open())
    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        effects.fail(self.world.open()[number % len(self.world.open())])

    @precondition(lambda self: "away" in self.faults)
    @rule(away=st.booleans())
    def nomad_away(self, away: bool) -> None:
        self.world.nomad_away = away

    @precondition(lambda self: "suspends" in self.faults)
    @rule(change=st.sampled_from((-1, 1)))
    def suspend(self, change: int) -> None:
        service = self.world.services["one"]
        self.play.run(effects.set_desired(self.world, service, change))
        self.play.run(effects.sweep(self.world))

    def _strike(self) -> None:
        random = self.world.random
        match random.choice((*sorted(self.faults), "pause")):
            case "hands":
                self.hand(random.random() < 0.5, random.randrange(2))
            case "cuts":
                self.node_is_cut_off(random.random() < 0.5)
            case "kills":
                self.instance_dies(random.random() < 0.5)
            case "cancels" if self.world.open():
                self.cancel(random.randrange(8))
            case "away":
                self.nomad_away(random.random() < 0.5)
            case "suspends":
                self.suspend(random.choice((-1, 1)))
            case "pause":
                self.play.pass_time(14)

    def teardown(self) -> None:
        if hasattr(self, "play"):
            self.node_is_cut_off(False)
            self.play.settle()
            self.ended.update(each.state for each in self.world.deployments.values())


def test_nomad_lets_nobody_start_what_is_idle() -> None:
    world = World((Service("one", 0, has_port=False, maximum=1, alone=True),), 4)
    play = Play(world)
    for number, kind in enumerate(("good", "good", "dead", "good"), 1):
        world.releases[number] = kind
        world.deployments[number] = Deployment(number, {"one": number})
        play.settle()
        live = world.services["one"].rollout.live
        jobs = {colour: world.nomad.jobs.get(("one", colour)) for colour in COLOURS}
        assert {job.most for colour, job in jobs.items() if job and colour == live} == {1}
        assert not any(job.most for colour, job in jobs.items() if job and colour != live)


def run(examples: int, steps: int = 30, *, derandomize: bool = True) -> Counter[str]:
    """How many deployments ended how; raises what was violated."""
    Alone.ended.clear()
    profile = settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=derandomize,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Alone, settings=profile)
    return Counter(Alone.ended)


def test_never_two_run_under_faults() -> None:
    ended = run(40)
    assert ended["succeeded"] > 40
    assert ended["failed"] > 20


@pytest.mark.full
@pytest.mark.timeout(900)
def test_never_two_run_in_many_runs() -> None:
    assert run(2000, 50, derandomize=False)["succeeded"] > 2000


def suspended_and_resumed() -> None:
    """A singleton at 0 and, before it has ended, at 1 again; raises what was violated."""
    world = World((Service("one", 0, has_port=False, maximum=1, alone=True),), 4)
    service, play = world.services["one"], Play(world)
    world.releases[1], world.deployments[1] = "good", Deployment(1, {"one": 1})
    play.settle()
    for change in (-1, 1):
        play.observe()
        play.run(effects.set_desired(world, service, change))
        play.run(effects.sweep(world))
    play.settle()
    assert world.healthy("one", service.rollout.live or "blue") == 1


def test_one_that_was_suspended_starts_again_when_it_has_ended() -> None:
    suspended_and_resumed()


def test_two_run_where_nobody_looks_before_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "may_start", lambda world, service: True)
    with pytest.raises(Violated, match="never two"):
        suspended_and_resumed()


def test_two_run_where_a_release_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "may_start", lambda world, service: True)
    monkeypatch.setattr(View, "gone", lambda view, colour: view.row(colour).acknowledged == 0)
    with pytest.raises(Violated, match="never two"):
        run(60)
