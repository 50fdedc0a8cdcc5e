from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """Everything that somebody may be allowed to do; views, actions and calls name one."""

    VIEW_TEAM = "team.view"
    MANAGE_MEMBERS = "team.members"
    VIEW_AUDIT = "team.audit"
    VIEW_APP = "app.view"
    VIEW_LOGS = "app.logs"
    CREATE_APP = "app.create"
    CHANGE_DRAFT = "draft.change"
    SET_SECRET = "secret.set"  # noqa: S105 - a permission's name
    UPLOAD_ARTIFACT = "artifact.upload"
    CHANGE_DOMAINS = "domain.change"
    COPY_DATA = "resource.dump"
    RELEASE = "release.create"
    DEPLOY = "deployment.create"
    SCALE = "service.scale"
    DELETE = "app.delete"
    RUN = "service.run"
    CREATE_TEAM = "team.create"
    CHANGE_QUOTA = "quota.change"
    OPERATE = "platform.operate"


OWNER, DEVELOPER, VIEWER = "owner", "developer", "viewer"
ALL = frozenset({OWNER, DEVELOPER, VIEWER})
MAKERS = frozenset({OWNER, DEVELOPER})
OWNERS = frozenset({OWNER})
OPERATORS_ONLY: frozenset[str] = frozenset()

ROLES: dict[str, frozenset[str]] = {
    Permission.VIEW_TEAM: ALL,
    Permission.MANAGE_MEMBERS: OWNERS,
    Permission.VIEW_AUDIT: OWNERS,
    Permission.VIEW_APP: ALL,
    Permission.VIEW_LOGS: MAKERS,
    Permission.CREATE_APP: MAKERS,
    Permission.CHANGE_DRAFT: MAKERS,
    Permission.SET_SECRET: MAKERS,
    Permission.UPLOAD_ARTIFACT: MAKERS,
    Permission.CHANGE_DOMAINS: MAKERS,
    Permission.COPY_DATA: MAKERS,
    Permission.RELEASE: MAKERS,
    Permission.DEPLOY: MAKERS,
    Permission.SCALE: MAKERS,
    Permission.DELETE: MAKERS,
    Permission.RUN: MAKERS,
    Permission.CREATE_TEAM: OPERATORS_ONLY,
    Permission.CHANGE_QUOTA: OPERATORS_ONLY,
    Permission.OPERATE: OPERATORS_ONLY,
}


def can(role: str | None, operator: bool, permission: str) -> bool:
    """Whether somebody with this role in the object's team, or an operator, may do it.

    KeyError for a permission that is not in the table: a typing mistake must not look like a no.
    """
    return role in ROLES[permission] or operator
