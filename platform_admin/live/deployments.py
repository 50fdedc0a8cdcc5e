"""The live part of a deployment's page: its state and steps, to the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from jobs.deploy import commands
from jobs.deploy.steps import NAMES as STEPS
from platform_admin.live.fragment import Fragment, answer, shared
from platform_admin.models import Deployment, DeploymentStep, Environment
from platform_admin.pages.access import of_environment
from platform_admin.pages.history import look_of
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

# The names that jobs.deploy.steps gives to the steps that undo others.
PUT_BACK = (STEPS["undo"], STEPS["undone"])
WORST_FIRST = ("failed", "running", "off", "skipped", "done")


@dataclass(frozen=True)
class Step:
    """A step as the page shows it; `word` says in what way it did not end by itself, "" if it did.

    `open` is whether its output is unfolded, which is "" for who may not read logs if it is one.
    """

    row: DeploymentStep
    look: str
    word: str
    open: bool
    output: str


@dataclass(frozen=True)
class Stage:
    """The steps of one name, which each service goes through for itself."""

    name: str
    look: str
    steps: tuple[Step, ...]

    @property
    def whole(self) -> Step | None:
        """The one step, where it is no service's."""
        return next((each for each in self.steps if each.row.service is None), None)


@of_environment(Permission.VIEW_APP)
def steps(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """The fragment as it is now; it ends the polling with the deployment."""
    actor = actor_of(request)
    key = ("deployment", environment.pk, number, *scope.rights(actor, environment.app.team))
    return answer(request, shared(key, lambda: fragment(actor, found(environment, number))))


def found(environment: Environment, number: int) -> Deployment:
    """The environment's deployment of this number, or 404."""
    rows = environment.deployments.select_related("release", "actor", "environment__app")
    deployment = rows.filter(number=number).first()
    if deployment is None:
        raise Http404(f"{environment} has no deployment {number}.")
    return deployment


def fragment(actor: Actor, deployment: Deployment) -> Fragment:
    """State, reason, proof and steps of a deployment; logs only for who may read them."""
    environment = deployment.environment
    team = environment.app.team
    may_read_logs = scope.allowed(actor, team, Permission.VIEW_LOGS)
    rows = list(deployment.steps.select_related("service"))
    services = list(deployment.services.order_by("name"))
    names = {service.name for service in services}

    def shown(row: DeploymentStep) -> Step:
        return _step(deployment, row, names, may_read_logs=may_read_logs)

    address = [environment.app.slug, environment.slug, deployment.number]
    return Fragment(
        name="steps",
        url=reverse("deployment_live", args=address),
        template="deployments/_steps.html",
        context={
            "environment": environment,
            "deployment": deployment,
            "may_cancel": scope.allowed(actor, team, Permission.DEPLOY),
            "proof": deployment.proof if may_read_logs else "",
            "look": look_of(deployment),
            "stages": _stages([shown(row) for row in rows if row.name not in PUT_BACK]),
            "services": services,
            "put_back": [shown(row) for row in rows if row.name in PUT_BACK],
            "was_live": _was_live(deployment, rows),
        },
        moving=True,
        ended=deployment.ended,
    )


def _stages(steps: Sequence[Step]) -> list[Stage]:
    """The steps by name, in the order in which the first of each name began."""
    by_name: dict[str, list[Step]] = {}
    for each in steps:
        by_name.setdefault(each.row.name, []).append(each)
    return [Stage(name, _worst(found), tuple(found)) for name, found in by_name.items()]


def _worst(steps: Sequence[Step]) -> str:
    """The look of the step that a person must see first."""
    looks = {each.look for each in steps}
    return next((look for look in WORST_FIRST if look in looks), steps[0].look)


def _step(
    deployment: Deployment, row: DeploymentStep, names: set[str], *, may_read_logs: bool
) -> Step:
    """The step; where another service failed, or somebody cancelled, it was only stopped."""
    stopped = _stopped(deployment, row, names) if row.state == row.State.FAILED else ""
    running_or_failed = row.state in (row.State.RUNNING, row.State.FAILED)
    output = row.output if may_read_logs or row.name != commands.NAME else ""
    look = "off" if stopped else row.state
    return Step(row, look, stopped, running_or_failed and not stopped, output)


def _stopped(deployment: Deployment, row: DeploymentStep, names: set[str]) -> str:
    if deployment.cancel_reason and deployment.reason == deployment.cancel_reason:
        return "cancelled"
    culprit = _named_first(deployment.reason, names)
    if culprit and row.service and row.service.name != culprit:
        return f"stopped with {culprit}"
    return ""


def _named_first(reason: str, names: set[str]) -> str:
    """The service that the reason begins with, "" where it names none."""
    word = re.match(r"[a-z0-9-]*", reason)
    return word.group() if word and word.group() in names else ""


def _was_live(deployment: Deployment, rows: list[DeploymentStep]) -> bool:
    """Whether anything was there to put back: a service that an earlier deployment brought live."""
    undone = [row.service_id for row in rows if row.name in PUT_BACK and row.service_id]
    earlier = Deployment.objects.filter(
        services__in=undone, state=Deployment.State.SUCCEEDED, pk__lt=deployment.pk
    )
    return earlier.exists()
