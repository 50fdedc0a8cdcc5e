"""Whether what runs elsewhere takes the login that a rotation brings."""

from __future__ import annotations

from jobs.errors import Refused
from jobs.observe.external import probe
from platform_admin.models import Deployment, Resource
from platform_admin.verbs.external import how
from platform_admin.verbs.logins import given, today


def try_login(resource: Resource, deployment: Deployment) -> None:
    """Sign in with the new login where the deployment rotates it; Refused where that fails."""
    new = given(resource, "", deployment)
    if new is None or new == today(resource, ""):
        return
    found = probe(resource.kind, how(resource, new))
    if found.error:
        said = f"{resource.name} does not take the new login of {new.user}: {found.error}"
        raise Refused(said, server=resource.kind)
