"""How a rotation stands: each environment's deployment, each service in the order of its turn."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from jobs.deploy.turns import shift_order
from jobs.document import read
from platform_admin.models import App, Deployment, Environment, Rotation
from platform_admin.pages.culprit import culprit
from platform_admin.pages.rotation_words import Words, words
from platform_admin.rules import state
from platform_admin.verbs.live import live_document

State = Deployment.State


@dataclass(frozen=True)
class Turn:
    """A service: its state's word, and where it is in half a sentence."""

    name: str
    word: str
    said: str


@dataclass(frozen=True)
class Place:
    """An environment with the last deployment of the rotation there.

    `after` says what holds there where it failed.
    """

    environment: Environment
    deployment: Deployment
    word: str
    turns: tuple[Turn, ...]
    after: str


@dataclass(frozen=True)
class Rotated:
    """All of a rotation, with the one sentence that a person came for."""

    words: Words
    sentence: str
    places: tuple[Place, ...]

    @property
    def ended(self) -> bool:
        """Whether nothing of it changes any more, but by another try."""
        return self._stands and (self.failed or self.words.settled)

    @property
    def failed(self) -> bool:
        """Whether it ended and did not come through everywhere."""
        return self._stands and any(_failed(place.deployment) for place in self.places)

    @property
    def through(self) -> bool:
        """Whether it came through everywhere."""
        return self._stands and not self.failed

    @property
    def _stands(self) -> bool:
        return all(place.deployment.ended for place in self.places)


def found(app: App, number: int) -> Rotation:
    """The rotation of this number of a secret or a resource of the app, or 404."""
    of_app = (
        Q(version__variable__app=app)
        | Q(version__variable__environment__app=app)
        | Q(resource__environment__app=app)
    )
    rows = Rotation.objects.filter(of_app, pk=number)
    known = rows.select_related(
        "actor",
        "version__variable__app__team",
        "version__variable__environment__app__team",
        "version__variable__service",
        "resource__environment__app__team",
    ).first()
    if known is None:
        raise Http404(f"{app} has no rotation {number}.")
    return known


def rotated(rotation: Rotation) -> Rotated:
    """The rotation as it stands now."""
    said = words(rotation)
    last: dict[int, Deployment] = {}
    rows = rotation.deployments.select_related("environment__app", "release").order_by("number")
    for deployment in rows:
        last[deployment.environment_id] = deployment
    in_order = sorted(last.values(), key=lambda row: row.environment.slug)
    places = tuple(_place(said, deployment) for deployment in in_order)
    return Rotated(said, _sentence(said, places), places)


def _place(said: Words, deployment: Deployment) -> Place:
    environment = deployment.environment
    names = set(deployment.services.values_list("name", flat=True))
    steps = deployment.steps.select_related("service")
    last = {step.service.name: step.name for step in steps if step.service}
    blamed, live = culprit(deployment, names), live_document(environment)
    order = [name for name in shift_order(read(deployment.release.document)) if name in names]
    turns = []
    for name in order:
        runs = said.runs(live, name)
        if not deployment.ended:
            turns.append(Turn(name, state.STARTING.word, f"{last.get(name, 'Queued')}; {runs}"))
        elif name == blamed:
            turns.append(Turn(name, state.FAILED.word, f"failed here; {runs}"))
        else:
            turns.append(Turn(name, state.HEALTHY.word, runs))
    after = said.after(environment)
    return Place(environment, deployment, _word(deployment), tuple(turns), after)


def _sentence(said: Words, places: tuple[Place, ...]) -> str:
    if not places:
        return said.nothing
    failed = [str(place.environment) for place in places if _failed(place.deployment)]
    if failed:
        return said.failed(", ".join(failed))
    if all(place.deployment.state == State.SUCCEEDED for place in places):
        return said.through
    return said.under_way


def _word(deployment: Deployment) -> str:
    if _failed(deployment):
        return state.FAILED.word
    return state.HEALTHY.word if deployment.ended else state.STARTING.word


def _failed(deployment: Deployment) -> bool:
    return deployment.state in (State.FAILED, State.CANCELLED, State.UNDOING)
