from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from jobs.deploy import commands, record
from platform_admin.models import Deployment, DeploymentStep
from platform_admin.verbs import quota


def end(deployment: Deployment, state: str) -> None:
    """Close a deployment whose services are all released; its resources keep what they have."""
    for step in deployment.steps.filter(name=commands.NAME).select_related("service"):
        if step.service is not None:
            commands.clear(deployment, step.service)
    record.end_running(deployment, DeploymentStep.State.DONE)
    environment = deployment.environment
    with transaction.atomic():
        held = quota.locked(environment.app.team)
        Deployment.objects.filter(pk=deployment.pk, state=deployment.state).update(
            state=state, waits_for="", finished_at=datetime.now(UTC)
        )
        for resource in environment.resources.filter(external=False).order_by("pk"):
            quota.reserve_resource(held, resource, found=True)
