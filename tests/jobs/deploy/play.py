"""Running the world: whole passes, fair rounds, and steps that are left in the middle."""

from __future__ import annotations

from typing import Any

from tests.jobs.deploy.cluster import Away, Conflict
from tests.jobs.deploy.driver import step
from tests.jobs.deploy.effects import Step, repair, sweep
from tests.jobs.deploy.invariants import Watch, check_converged
from tests.jobs.deploy.world import World

ROUNDS = 150
ENDS = (StopIteration, Away, Conflict)
# What changes nothing outside and no rollout: the next check sees it as well.
QUIET = frozenset({"lock", "nothing", "end"})


class Play:
    """A world, the steps that were begun and not ended, and the watch over both."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.watch = Watch()
        self.frozen: list[Step[Any]] = []

    def begin(self, step: Step[Any]) -> None:
        """Let a step read what it reads, and leave it before its first effect."""
        try:
            next(step)
        except ENDS:
            return
        self.frozen.append(step)
        self.watch.check(self.world)

    def go_on(self, number: int, effects: int, fault: str | None = None) -> None:
        """Let a frozen step do some effects; the fault comes with the last of them."""
        if not self.frozen:
            return
        step = self.frozen[number % len(self.frozen)]
        for left in range(effects, 0, -1):
            if not self._advance(step, fault if left == 1 else None, "frozen"):
                self.frozen.remove(step)
                return

    def go_on_with(
        self, step: Step[Any], label: str = "frozen", fault: str | None = None
    ) -> str | None:
        """What a step stops before after one more effect, None where it has ended."""
        return self._advance(step, fault, label)

    def crash(self, number: int) -> None:
        """A frozen step never goes on."""
        if self.frozen:
            self.frozen.pop(number % len(self.frozen)).close()

    def run(self, step: Step[Any], storm: float = 0.0) -> None:
        """A whole step; in a storm each effect may be lost, be the last one, or freeze there."""
        try:
            label = next(step)
        except ENDS:
            return
        while True:
            fault = self._fault(storm)
            if fault == "freeze":
                self.frozen.append(step)
                return
            after = self._advance(step, fault, label)
            if after is None or fault == "crash":
                return
            label = after

    def _fault(self, storm: float) -> str | None:
        random = self.world.random
        if storm and random.random() < storm:
            return random.choice(("away", "lost", "crash", "freeze", "freeze"))
        return None

    def pass_time(self, seconds: float) -> None:
        """Time passes; what gets healthy, drains and ends is checked on the way."""
        for _ in range(max(1, round(seconds / 0.5))):
            self.world.tick(0.5)
            self.watch.check(self.world)

    def observe(self) -> None:
        """Read the table of instances, which stays as it was while Nomad is away."""
        if not self.world.nomad_away:
            self.world.observation = self.world.observe()

    def follow(self, edge: int) -> None:
        self.world.tick()
        self.world.consul.follow(edge)
        self.watch.check(self.world)

    def round(self, storm: float = 0.0) -> None:
        """Everybody has a turn; in a storm some do not come to it, and edges and table lag."""
        world = self.world
        for deployment in world.open():
            self.run(step(world, deployment), storm)
        self.run(sweep(world), storm)
        if not self._fault(storm):
            self.run(repair(world), storm)
        for edge in range(len(world.consul.edges)):
            if not self._fault(storm * 3):
                self.follow(edge)
        self.pass_time(1)
        if not self._fault(storm * 3):
            self.observe()

    def settle(self) -> None:
        """Faults stop, and all must end; then what was frozen goes on, and must harm nothing."""
        self.world.nomad_away = False
        self._settle()
        late, self.frozen = self.frozen, []
        for frozen in late:
            label: str | None = "frozen"
            while label:
                label = self._advance(frozen, None, label)
        for edge in range(len(self.world.consul.edges)):
            self.follow(edge)
        self._settle()

    def _settle(self) -> None:
        for _ in range(ROUNDS * (1 + len(self.world.open()))):
            if not self.world.open() and self._is_settled():
                return
            self.round()
        check_converged(self.world)

    def _is_settled(self) -> bool:
        try:
            check_converged(self.world)
        except AssertionError:
            return False
        return True

    def _advance(self, step: Step[Any], fault: str | None, label: str) -> str | None:
        """What the step stops before next, None where it has ended."""
        try:
            return step.send(fault)
        except ENDS:
            return None
        finally:
            if label not in QUIET:
                self.watch.check(self.world)
