"""How a rotation stands: each environment's deployment, each service in the order of its turn."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import Http404

from jobs.deploy.turns import shift_order
from jobs.document import ServiceDoc, read
from platform_admin.models import App, Deployment, Environment, Rotation
from platform_admin.pages.culprit import culprit
from platform_admin.rules import state
from platform_admin.verbs.live import live_document
from platform_admin.verbs.versions import drafted

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

    `drafts` is the version that the draft names now.
    """

    environment: Environment
    deployment: Deployment
    word: str
    turns: tuple[Turn, ...]
    drafts: int | None


@dataclass(frozen=True)
class Rotated:
    """All of a rotation, with the one sentence that a person came for."""

    sentence: str
    places: tuple[Place, ...]

    @property
    def ended(self) -> bool:
        return all(place.deployment.ended for place in self.places)

    @property
    def failed(self) -> bool:
        """Whether it ended and did not come through everywhere."""
        return self.ended and any(_failed(place.deployment) for place in self.places)


def found(app: App, number: int) -> Rotation:
    """The rotation of this number of a secret of the app, or 404."""
    of_app = Q(version__variable__app=app) | Q(version__variable__environment__app=app)
    rows = Rotation.objects.filter(of_app, pk=number)
    known = rows.select_related(
        "actor",
        "version__variable__app__team",
        "version__variable__environment__app__team",
        "version__variable__service",
    ).first()
    if known is None:
        raise Http404(f"{app} has no rotation {number}.")
    return known


def rotated(rotation: Rotation) -> Rotated:
    """The rotation as it stands now."""
    last: dict[int, Deployment] = {}
    rows = rotation.deployments.select_related("environment__app", "release").order_by("number")
    for deployment in rows:
        last[deployment.environment_id] = deployment
    in_order = sorted(last.values(), key=lambda row: row.environment.slug)
    places = tuple(_place(rotation, deployment) for deployment in in_order)
    return Rotated(_sentence(rotation, places), places)


def _place(rotation: Rotation, deployment: Deployment) -> Place:
    secret, environment = rotation.version.variable, deployment.environment
    names = set(deployment.services.values_list("name", flat=True))
    steps = deployment.steps.select_related("service")
    last = {step.service.name: step.name for step in steps if step.service}
    blamed, live = culprit(deployment, names), live_document(environment)
    order = [name for name in shift_order(read(deployment.release.document)) if name in names]
    turns = []
    for name in order:
        runs = _runs(live.service(name), secret.name)
        if not deployment.ended:
            turns.append(Turn(name, state.STARTING.word, f"{last.get(name, 'Queued')}; {runs}"))
        elif name == blamed:
            turns.append(Turn(name, state.FAILED.word, f"failed here; {runs}"))
        else:
            turns.append(Turn(name, state.HEALTHY.word, runs))
    drafts = drafted(secret, environment)
    named = drafts.number if drafts else None
    return Place(environment, deployment, _word(deployment), tuple(turns), named)


def _runs(doc: ServiceDoc | None, secret: str) -> str:
    ref = doc.secrets.get(secret) if doc else None
    return f"version {ref.version} is live" if ref else "nothing live names it any more"


def _sentence(rotation: Rotation, places: tuple[Place, ...]) -> str:
    secret, number = rotation.version.variable, rotation.version.number
    if not places:
        return f"Nothing live names {secret.name}: version {number} stands in the draft."
    failed = [str(place.environment) for place in places if _failed(place.deployment)]
    if failed:
        return (
            f"Version {number} did not come through in {', '.join(failed)}: what is live there"
            " and the draft keep the version that they had."
        )
    if all(place.deployment.state == State.SUCCEEDED for place in places):
        return f"Version {number} is live wherever {secret.name} is named; drafts name it too."
    return (
        f"Version {number} is on its way: callees before callers, each tested before it carries"
        " traffic. Until all are live the version before stays valid."
    )


def _word(deployment: Deployment) -> str:
    if _failed(deployment):
        return state.FAILED.word
    return state.HEALTHY.word if deployment.ended else state.STARTING.word


def _failed(deployment: Deployment) -> bool:
    return deployment.state in (State.FAILED, State.CANCELLED, State.UNDOING)
