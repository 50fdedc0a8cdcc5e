"""The example as the run needs it: live, as this checkout has it, with the variables of a phase."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from examples.shop import PARTS
from jobs.document import digest
from platform_admin.demo.people import actor
from platform_admin.demo.shop import APP, ENVIRONMENT, OWNER, archived
from platform_admin.models import Deployment, Environment
from platform_admin.verbs import environ
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.releases import release
from platform_admin.verbs.services import change_service, fields_of
from platform_admin.verbs.variables import set_variables

LIMIT_S = 300.0
POLL_S = 0.5
NOTE = "the demo"

Pause = Callable[[float], None]


class NotReady(Exception):
    """The example is not as the run needs it; a sentence says what to do."""


def found() -> Environment:
    """The example's environment. NotReady where it is not there, or was never live."""
    environments = Environment.objects.filter(app__slug=APP, slug=ENVIRONMENT)
    environment = environments.select_related("app__team", "cell").first()
    if environment is None or _live(environment) is None:
        raise NotReady(f"{APP}/{ENVIRONMENT} is not live: deploy it first.")
    return environment


def check_draft(environment: Environment) -> None:
    """Nothing. NotReady where the draft has what is not live: a release would take it along."""
    live = _live(environment)
    if live is None or digest(draft(environment)) != live.release.digest:
        raise NotReady(
            f"The draft of {environment} differs from what is live: deploy it, or reset it."
        )


def refresh(environment: Environment, pause: Pause) -> bool:
    """Whether the example was an older one, and is now live as this checkout has it."""
    owner = actor(OWNER)
    for service in environment.services.select_related("environment__app__team"):
        if service.name not in PARTS:
            continue
        artifact = archived(service.name, environment.app.team)
        if service.artifact_id != artifact.pk:
            change_service(owner, service, replace(fields_of(service), artifact_id=artifact.pk))
    return bring_live(environment, pause)


def variables(environment: Environment) -> dict[str, str]:
    """The plain variables of web alone, in the draft."""
    return environ.plain(environ.rows(environment, environment.services.get(name="web")))


def set_web(environment: Environment, values: Mapping[str, str]) -> None:
    """Nothing; these are the plain variables of web alone, in the draft."""
    set_variables(actor(OWNER), environment, environment.services.get(name="web"), values)


def bring_live(environment: Environment, pause: Pause | None) -> bool:
    """Whether there was something to deploy; without a pause nobody waits for its end."""
    owner = actor(OWNER)
    try:
        deployment = deploy(owner, release(owner, environment, NOTE))
    except Invalid as error:
        if "release" in error.errors:  # nothing differs from what is live
            return False
        raise
    if pause is not None:
        _wait(deployment, pause)
    return True


def _wait(deployment: Deployment, pause: Pause) -> None:
    end = time.monotonic() + LIMIT_S
    while not deployment.ended:
        if time.monotonic() > end:
            raise NotReady(f"{deployment} did not end within {LIMIT_S:g} s. {deployment.reason}")
        pause(POLL_S)
        deployment.refresh_from_db()
    if deployment.state != Deployment.State.SUCCEEDED:
        raise NotReady(f"{deployment} has {deployment.state}: {deployment.reason}")


def _live(environment: Environment) -> Deployment | None:
    ended = environment.deployments.filter(state=Deployment.State.SUCCEEDED)
    return ended.select_related("release").order_by("-number").first()
