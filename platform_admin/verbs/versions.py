"""Which version of a secret the drafts name."""

from __future__ import annotations

from django.db.models import Prefetch

from platform_admin.models import Deployment, Environment, SecretVersion, Variable
from platform_admin.rules.rotation import Attempt, counts
from platform_admin.verbs import attempts as rotated


def prefetched() -> Prefetch[str]:
    """All versions of secrets without their values, with how their rotations went."""
    attempts = Deployment.objects.only("environment_id", "state")
    rows = SecretVersion.objects.defer("sealed").select_related("rotation", "author")
    return Prefetch("versions", rows.prefetch_related(Prefetch("rotation__deployments", attempts)))


def attempts(version: SecretVersion) -> list[Attempt]:
    """The deployments that bring the version into what is live; none unless it was rotated."""
    return rotated.attempts(getattr(version, "rotation", None))


def drafted(secret: Variable, environment: Environment) -> SecretVersion | None:
    """The newest version that the environment's draft may name; None where there is none."""
    found = [row for row in secret.versions.all() if counts(attempts(row), environment.pk)]
    return max(found, key=lambda row: row.number, default=None)
