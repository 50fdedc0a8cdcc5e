from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser

from examples import NAMES
from jobs.deploy.preview import address, address_by_port
from jobs.document.types import PUBLIC
from platform_admin.demo.examples import EXAMPLES
from platform_admin.demo.people import actor
from platform_admin.demo.shop import OWNER
from platform_admin.models import Cell, Deployment, DeploymentStep, Environment
from platform_admin.verbs.deployments import deploy
from platform_admin.verbs.drafts import draft
from platform_admin.verbs.errors import VerbError
from platform_admin.verbs.releases import release

LIMIT = timedelta(minutes=5)
POLL_S = 0.3


class Command(BaseCommand):
    """Brings an example app live, unless it was live before."""

    help = "Release and deploy an example app, unless it was live before."

    def add_arguments(self, parser: CommandParser) -> None:
        """`shop` or `warehouse`."""
        parser.add_argument("example", nargs="?", choices=NAMES, default=NAMES[0])

    def handle(self, *args: object, **options: str) -> None:
        """Print each step as it ends, then where the app answers."""
        example = EXAMPLES[options["example"]]
        if said := example.refused():
            self.stderr.write(f"  Left out: {said}")
            return
        environment = example.make()
        if not _was_live(environment):
            until = datetime.now(UTC) + LIMIT
            _wait_for_edge(environment.cell, until)
            self._follow(_deployment(environment), until)
        self._tell(environment)

    def _tell(self, environment: Environment) -> None:
        """Print where what browsers reach answers, by name and by port."""
        environment.cell.refresh_from_db()
        for service in draft(environment).services:
            if service.kind in PUBLIC:
                self.stdout.write(address(environment, service))
                self.stdout.write(address_by_port(environment, service))

    def _follow(self, deployment: Deployment, until: datetime) -> None:
        """Print the deployment's steps as they end, until it has ended itself."""
        printed: set[int] = set()
        while True:
            deployment.refresh_from_db()
            for step in deployment.steps.exclude(state=DeploymentStep.State.RUNNING):
                if step.pk not in printed:
                    printed.add(step.pk)
                    self.stderr.write(_line(step))
            if deployment.ended or datetime.now(UTC) > until:
                break
            time.sleep(POLL_S)
        if deployment.state != Deployment.State.SUCCEEDED:
            raise CommandError(_failure(deployment))


def _was_live(environment: Environment) -> bool:
    return environment.deployments.filter(state=Deployment.State.SUCCEEDED).exists()


def _wait_for_edge(cell: Cell, until: datetime) -> None:
    """Nothing, once the observer has found where the edge answers: links are made of that."""
    while not cell.private_address:
        if datetime.now(UTC) > until:
            raise CommandError(f"The example is not live: {_no_edge(cell)}")
        time.sleep(POLL_S)
        cell.refresh_from_db()


def _no_edge(cell: Cell) -> str:
    said = cell.observation_error or "the observer has said nothing yet"
    return f"no edge was found in Consul within {LIMIT} ({said})."


def _deployment(environment: Environment) -> Deployment:
    """The deployment under way, or a new one."""
    open_ones = environment.deployments.exclude(state__in=Deployment.ENDED).order_by("-number")
    actor_ = actor(OWNER)
    try:
        return open_ones.first() or deploy(actor_, release(actor_, environment, "the example"))
    except VerbError as error:
        raise CommandError(f"The example can not be deployed: {error}") from error


def _failure(deployment: Deployment) -> str:
    """Why the example is not live, and the log that proves it."""
    if not deployment.ended:
        return (
            f"The example is not live after {LIMIT}: its deployment is still"
            f" {deployment.get_state_display()}. {deployment.reason}".rstrip()
        )
    why = deployment.reason or f"its deployment has {deployment.state}."
    return f"The example is not live: {why}\n{deployment.proof}".rstrip()


def _line(step: DeploymentStep) -> str:
    service = f" {step.service.name}" if step.service else ""
    took = (step.finished_at - step.started_at).total_seconds() if step.finished_at else 0
    return f"  {step.name + service:<40} {step.state:<8} {took:5.1f} s"
