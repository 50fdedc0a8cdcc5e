"""One release of one service, interrupted once: at its n-th effect, in one of a few ways."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from itertools import count

from tests.jobs.deploy import driver, effects, test_model
from tests.jobs.deploy.cluster import Away, Conflict
from tests.jobs.deploy.play import QUIET, Play
from tests.jobs.deploy.world import Deployment, World

SERVICE = "web"
# What happens at an effect. What is frozen goes on when the release has ended; what sleeps,
# two releases later.
GOING_ON = ("crash", "lost", "away", "twice", "frozen", "sleeps")
CANCELLED = ("cancel", "frozen, cancel", "sleeps, cancel")
WAYS = GOING_ON + CANCELLED


def ends(way: str, desired: int, kind: str = "good", *, step: int = 1) -> list[str]:
    """How a release of this kind ends, interrupted at every `step`-th of its effects in turn."""
    found: list[str] = []
    for number in count(0, step):
        run = Interrupted(way, number, live_world(desired))
        found.append(run.ended(kind))
        if not run.happened:
            return found[:-1]
    raise AssertionError


@cache
def live_world(desired: int) -> World:
    """A world where the service is live with `desired` instances."""
    world = test_model.new_world(9, 1)
    play = Play(world)
    world.releases[1] = "good"
    service = world.services[SERVICE]
    play.run(effects.set_desired(world, service, desired - service.desired))
    world.deployments[1] = Deployment(1, {SERVICE: 1})
    play.settle()
    return world


class Interrupted:
    """A release that meets its fault at the effect `number`."""

    def __init__(self, way: str, number: int, world: World) -> None:
        self.way = way
        self.left = number
        self.happened = False
        self.world = deepcopy(world)
        self.play = Play(self.world)

    def ended(self, kind: str) -> str:
        """How the release ended, after all that was left has gone on, too."""
        deployment = self._release(kind)
        for number in range(600):
            self._run(driver.step(self.world, deployment), deployment)
            self._run(effects.sweep(self.world), deployment)
            self._goes_by(number)
            if deployment.ended or self.happened:
                break
        self._afterwards()
        return deployment.state

    def _release(self, kind: str) -> Deployment:
        number = len(self.world.deployments) + 1
        self.world.releases[number] = kind
        made = self.world.deployments[number] = Deployment(number, {SERVICE: number})
        return made

    def _goes_by(self, number: int) -> None:
        """Edges and the table of instances lag behind; a release writes its own routes."""
        self.play.pass_time(1)
        if number % 2:
            self.play.observe()
        if number % 4 == 3:
            self.play.follow(0)
            self.play.follow(1)

    def _run(self, step: effects.Step[None], deployment: Deployment) -> None:
        """All of a step; at the effect that is meant, the fault."""
        try:
            label: str | None = next(step)
        except (StopIteration, Away, Conflict):
            return
        while label:
            if label not in QUIET and not self.happened:
                self.left -= 1
                if self.left < 0:
                    self._happens(step, deployment)
                    return
            label = self.play.go_on_with(step, label)

    def _happens(self, step: effects.Step[None], deployment: Deployment) -> None:
        self.happened = True
        if self.way == "twice":
            self.play.run(driver.step(self.world, deployment))
        elif self.way in {"lost", "away"}:
            self.play.go_on_with(step, fault=self.way)
        if self.way.endswith("cancel"):
            effects.fail(deployment)
        if self.way not in {"crash", "lost", "away"}:
            self.play.frozen.append(step)

    def _afterwards(self) -> None:
        later = self.play.frozen if self.way.startswith("sleeps") else []
        if later:
            self.play.frozen = []
        self.play.settle()
        for _ in range(2 if later else 0):
            self._release("good")
            self.play.settle()
        self.play.frozen = later
        self.play.settle()
