from __future__ import annotations

from datetime import UTC, datetime

from jobs.deploy import record
from platform_admin.models import Deployment, DeploymentStep

State = Deployment.State


def fail(deployment: Deployment, reason: str, proof: str = "") -> bool:
    """Whether it begins to put back what was live; not where it does already, or cleans up."""
    begun = (
        Deployment.objects.filter(pk=deployment.pk)
        .exclude(state__in=(State.CLEANING, State.UNDOING, *Deployment.ENDED))
        .update(
            state=State.UNDOING,
            state_at=datetime.now(UTC),
            reason=reason,
            proof=proof,
            waits_for="",
        )
    )
    if begun:
        record.end_running(deployment, DeploymentStep.State.FAILED)
    return begun == 1
