"""The live part of a deployment's page: its state and steps, to the end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from jobs.deploy.steps import NAMES as STEPS
from platform_admin.live.fragment import Fragment, answer
from platform_admin.models import Deployment, DeploymentStep, Environment
from platform_admin.pages.access import of_environment
from platform_admin.pages.history import look_of
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope

# The names that jobs.deploy.steps gives to the steps that undo others.
PUT_BACK = (STEPS["undo"], STEPS["undone"])


@dataclass(frozen=True)
class Step:
    """A step as the page shows it; `word` says in what way it did not end by itself, "" if it did.

    `open` is whether its output is unfolded.
    """

    row: DeploymentStep
    look: str
    word: str
    open: bool


@of_environment(Permission.VIEW_APP)
def steps(request: HttpRequest, environment: Environment, number: int) -> HttpResponse:
    """The fragment as it is now; it ends the polling with the deployment."""
    actor = actor_of(request)
    may_cancel = scope.allowed(actor, environment.app.team, Permission.DEPLOY)
    return answer(request, fragment(found(environment, number), may_cancel=may_cancel))


def found(environment: Environment, number: int) -> Deployment:
    """The environment's deployment of this number, or 404."""
    rows = environment.deployments.select_related("release", "actor", "environment__app")
    deployment = rows.filter(number=number).first()
    if deployment is None:
        raise Http404(f"{environment} has no deployment {number}.")
    return deployment


def fragment(deployment: Deployment, *, may_cancel: bool) -> Fragment:
    """State, reason, proof and steps of a deployment."""
    environment = deployment.environment
    rows = list(deployment.steps.select_related("service"))
    services = list(deployment.services.order_by("name"))
    names = {service.name for service in services}
    address = [environment.app.slug, environment.slug, deployment.number]
    return Fragment(
        name="steps",
        url=reverse("deployment_live", args=address),
        template="deployments/_steps.html",
        context={
            "environment": environment,
            "deployment": deployment,
            "may_cancel": may_cancel,
            "look": look_of(deployment),
            "steps": [_step(deployment, row, names) for row in rows if row.name not in PUT_BACK],
            "services": services,
            "put_back": [_step(deployment, row, names) for row in rows if row.name in PUT_BACK],
            "was_live": _was_live(deployment, rows),
        },
        moving=True,
        ended=deployment.ended,
    )


def _step(deployment: Deployment, row: DeploymentStep, names: set[str]) -> Step:
    """The step; where another service failed, or somebody cancelled, it was only stopped."""
    stopped = _stopped(deployment, row, names) if row.state == row.State.FAILED else ""
    running_or_failed = row.state in (row.State.RUNNING, row.State.FAILED)
    return Step(row, "off" if stopped else row.state, stopped, running_or_failed and not stopped)


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
