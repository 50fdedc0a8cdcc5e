from __future__ import annotations

from datetime import UTC, datetime

from jobs.deploy import commands, record
from platform_admin.models import Deployment, DeploymentStep


def end(deployment: Deployment, state: str) -> None:
    """Close a deployment whose services are all released."""
    for step in deployment.steps.filter(name=commands.NAME).select_related("service"):
        if step.service is not None:
            commands.clear(deployment, step.service)
    record.end_running(deployment, DeploymentStep.State.DONE)
    Deployment.objects.filter(pk=deployment.pk, state=deployment.state).update(
        state=state, waits_for="", finished_at=datetime.now(UTC)
    )
