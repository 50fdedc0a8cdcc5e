from __future__ import annotations

import pytest

from platform_admin.models import AuditEvent, Membership, Quota, Team
from platform_admin.rules.quota import Limits
from platform_admin.verbs.actor import SYSTEM
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.quota import limits_of
from platform_admin.verbs.teams import add_member, change_quota, create_team, remove_member
from tests.platform_admin.verbs.world import World


def test_a_team_comes_with_a_quota_and_a_namespace(world: World) -> None:
    limits = Limits(instances=3, cpu_mhz=300, memory_mb=300, surge_percent=50)
    team = create_team(world.olga, slug="new-team", name="New", limits=limits)

    assert team.namespace == "new-team"
    assert limits_of(Quota.objects.get(team=team)) == limits
    assert create_team(SYSTEM, slug="b", name="B", namespace="muster-b").namespace == "muster-b"


@pytest.mark.parametrize(
    ("slug", "name", "field"),
    [
        ("Demo", "x", "slug"),
        ("default", "x", "slug"),
        ("demo", "x", "slug"),
        ("fine", " ", "name"),
        ("fine", "x" * 81, "name"),
    ],
)
def test_a_bad_team_is_refused_by_field(world: World, slug: str, name: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        create_team(world.olga, slug=slug, name=name)

    assert list(caught.value.errors) == [field]
    assert Team.objects.count() == 2


def test_a_namespace_that_a_team_has_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        create_team(world.olga, slug="fine", name="x", namespace="demo")


def test_a_member_is_added_and_changed(world: World) -> None:
    assert world.ella.user is not None
    for role in ("viewer", "developer"):
        add_member(world.dana, world.team, world.ella.user, role)

    assert Membership.objects.get(team=world.team, user=world.ella.user).role == "developer"
    event = AuditEvent.objects.filter(verb="set member").latest("pk")
    assert event.before == {"user": "ella", "role": "viewer"}
    assert event.after == {"user": "ella", "role": "developer"}


def test_a_role_that_is_none_is_refused(world: World) -> None:
    assert world.ella.user is not None
    with pytest.raises(Invalid) as caught:
        add_member(world.dana, world.team, world.ella.user, "king")

    assert "choose one of owner, developer, viewer" in caught.value.errors["role"][0]


def test_a_member_is_removed(world: World) -> None:
    assert world.dev.user is not None
    remove_member(world.dana, world.team, world.dev.user)

    assert not Membership.objects.filter(team=world.team, user=world.dev.user).exists()
    with pytest.raises(Unknown):
        remove_member(world.dana, world.team, world.dev.user)


def test_the_last_owner_stays(world: World) -> None:
    assert world.dana.user is not None
    with pytest.raises(Invalid, match="last owner"):
        remove_member(world.dana, world.team, world.dana.user)
    with pytest.raises(Invalid, match="last owner"):
        add_member(world.dana, world.team, world.dana.user, "viewer")


def test_a_quota_changes_with_both_sides_in_the_audit(world: World) -> None:
    change_quota(world.olga, world.team, Limits(instances=5, cpu_mhz=1, memory_mb=2))

    assert Quota.objects.get(team=world.team).instances == 5
    event = AuditEvent.objects.get(verb="change quota")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["instances"], event.after["instances"]) == (10, 5)


@pytest.mark.parametrize("field", ["instances", "cpu_mhz", "memory_mb", "surge_percent"])
@pytest.mark.parametrize("value", [-1, 3_000_000_000])
def test_a_quota_out_of_range_is_refused(world: World, field: str, value: int) -> None:
    good = {"instances": 1, "cpu_mhz": 1, "memory_mb": 1, "surge_percent": 1}
    with pytest.raises(Invalid) as caught:
        change_quota(world.olga, world.team, Limits(**(good | {field: value})))

    assert list(caught.value.errors) == [field]
