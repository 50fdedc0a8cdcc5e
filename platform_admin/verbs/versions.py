"""Which version of a secret the drafts name."""

from __future__ import annotations

from django.db.models import Prefetch

from platform_admin.models import Deployment, Environment, SecretVersion, Variable
from platform_admin.rules.rotation import Attempt, counts

_THROUGH = (Deployment.State.CLEANING, Deployment.State.SUCCEEDED)


def prefetched() -> Prefetch[str]:
    """All versions of secrets without their values, with how their rotations went."""
    attempts = Deployment.objects.only("environment_id", "state")
    rows = SecretVersion.objects.defer("sealed").select_related("rotation", "author")
    return Prefetch("versions", rows.prefetch_related(Prefetch("rotation__deployments", attempts)))


def attempts(version: SecretVersion) -> list[Attempt]:
    """The deployments that bring the version into what is live; none unless it was rotated."""
    rotation = getattr(version, "rotation", None)
    if rotation is None:
        return []
    rows = rotation.deployments.all()
    return [Attempt(row.environment_id, row.state in _THROUGH) for row in rows]


def drafted(secret: Variable, environment: Environment) -> SecretVersion | None:
    """The newest version that the environment's draft may name; None where there is none."""
    found = [row for row in secret.versions.all() if counts(attempts(row), environment.pk)]
    return max(found, key=lambda row: row.number, default=None)
