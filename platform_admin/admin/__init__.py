"""The operators' admin: a file a noun, all changes through the verbs that everybody calls."""

from __future__ import annotations

from platform_admin.admin import (
    app,
    artifact,
    audit,
    cell,
    colour,
    deployment,
    environment,
    instance,
    link,
    membership,
    quota,
    release,
    reservation,
    resource,
    rollout,
    scaling,
    service,
    team,
    user,
    variable,
)

__all__ = [
    "app",
    "artifact",
    "audit",
    "cell",
    "colour",
    "deployment",
    "environment",
    "instance",
    "link",
    "membership",
    "quota",
    "release",
    "reservation",
    "resource",
    "rollout",
    "scaling",
    "service",
    "team",
    "user",
    "variable",
]
