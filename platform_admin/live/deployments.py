"""The live part of a deployment's page: its state and steps, to the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from jobs.deploy import commands
from jobs.deploy.steps import NAMES as STEPS
from platform_admin.live.fragment import Fragment, answer, shared
from platform_admin.models import Deployment, DeploymentStep, Environment, Service
from platform_admin.pages.abandoned import abandoned
from platform_admin.pages.access import of_environment
from platform_admin.pages.culprit import culprit, named_first
from platform_admin.pages.history import look_of
from platform_admin.pages.render import actor_of
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import scope
from platform_admin.verbs.actor import Actor

# The names that jobs.deploy.steps gives to the steps that undo others.
PUT_BACK = (STEPS["undo"], STEPS["undone"])
NEVER_LIVE = {
    STEPS["undo"]: "Never live: nothing to put back",
    STEPS["undone"]: "Never live; set to 0",
}
WORST_FIRST = ("failed", "running", "off", "skipped", "done")


@dataclass(frozen=True)
class Step:
    """A step as the page shows it; `word` says in what way it did not end by itself, "" if it did.

    `name` says what putting back means for a service that was never live: going to 0.

    `open` is whether its output is unfolded, which is "" for who may not read logs if it is one.
    """

    row: DeploymentStep
    look: str
    word: str
    open: bool
    output: str
    name: str


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
    may_deploy = scope.allowed(actor, team, Permission.DEPLOY)
    rows = list(deployment.steps.select_related("service"))
    services = list(deployment.services.order_by("name"))
    names = {service.name for service in services}
    live_before = _live_before(deployment)

    def shown(row: DeploymentStep) -> Step:
        step = _step(deployment, row, names, may_read_logs=may_read_logs)
        never = row.service_id is not None and row.service_id not in live_before
        return replace(step, name=NEVER_LIVE.get(row.name, row.name)) if never else step

    address = [environment.app.slug, environment.slug, deployment.number]
    return Fragment(
        name="steps",
        url=reverse("deployment_live", args=address),
        template="deployments/_steps.html",
        context={
            "environment": environment,
            "deployment": deployment,
            "may_cancel": may_deploy,
            "proof": deployment.proof if may_read_logs else "",
            "abandoned": abandoned(deployment, timezone.now()),
            "look": look_of(deployment),
            "word": _word(deployment, any(row.pk in live_before for row in services)),
            "stages": _stages([shown(row) for row in rows if row.name not in PUT_BACK]),
            "services": services,
            "put_back": [shown(row) for row in rows if row.name in PUT_BACK],
            "was_live": any(row.service_id in live_before for row in rows if row.name in PUT_BACK),
            "again": may_deploy and _may_be_tried_again(deployment),
            "culprit": culprit(deployment, names),
            "may_change": scope.allowed(actor, team, Permission.CHANGE_DRAFT),
        },
        moving=True,
        ended=deployment.ended,
    )


def _word(deployment: Deployment, was_live: bool) -> str:
    """What the deployment does or did, in words."""
    if deployment.state == Deployment.State.UNDOING and not was_live:
        return "setting to 0 what was never live"
    return deployment.get_state_display()


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
    return Step(row, look, stopped, running_or_failed and not stopped, output, row.name)


def _stopped(deployment: Deployment, row: DeploymentStep, names: set[str]) -> str:
    if deployment.cancel_reason and deployment.reason == deployment.cancel_reason:
        return "cancelled"
    about = named_first(deployment.reason, names)
    if about and row.service and row.service.name != about:
        return f"stopped with {about}"
    return ""


def _failed(deployment: Deployment) -> bool:
    return deployment.state == Deployment.State.FAILED


def _may_be_tried_again(deployment: Deployment) -> bool:
    """Whether the same release may follow: it failed, and nothing was deployed after it."""
    later = deployment.environment.deployments.filter(number__gt=deployment.number)
    return _failed(deployment) and not deployment.restart and not later.exists()


def _live_before(deployment: Deployment) -> set[int]:
    """The services that an earlier deployment brought live, by key."""
    earlier = Deployment.objects.filter(
        environment=deployment.environment_id,
        state=Deployment.State.SUCCEEDED,
        pk__lt=deployment.pk,
    )
    return set(Service.objects.filter(deployments__in=earlier).values_list("pk", flat=True))
