from __future__ import annotations

import pytest

from platform_admin.rules.permissions import ROLES, Permission, can

EXPECTED = {
    "team.view": "owner developer viewer",
    "team.members": "owner",
    "team.audit": "owner",
    "app.view": "owner developer viewer",
    "app.logs": "owner developer",
    "app.create": "owner developer",
    "draft.change": "owner developer",
    "secret.set": "owner developer",
    "domain.change": "owner developer",
    "artifact.upload": "owner developer",
    "resource.dump": "owner developer",
    "release.create": "owner developer",
    "deployment.create": "owner developer",
    "service.scale": "owner developer",
    "app.delete": "owner developer",
    "service.run": "owner developer",
    "team.create": "",
    "quota.change": "",
    "platform.operate": "",
}


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", ["owner", "developer", "viewer", None])
def test_a_role_may_do_what_the_table_says(permission: Permission, role: str | None) -> None:
    assert can(role, False, permission) == (role in EXPECTED[permission].split())


@pytest.mark.parametrize("permission", list(Permission))
def test_operators_stand_above_teams(permission: Permission) -> None:
    assert can(None, True, permission)


def test_every_permission_has_its_row() -> None:
    assert set(ROLES) == set(Permission) == set(EXPECTED)


def test_a_permission_that_is_none_is_an_error_and_no_answer() -> None:
    with pytest.raises(KeyError):
        can("owner", True, "deploymnt.create")
