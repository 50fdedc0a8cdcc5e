from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from platform_admin.models import AuditEvent
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Denied, Invalid
from platform_admin.verbs.users import UserFields, change_user, create_user, set_password
from tests.platform_admin.verbs.world import World

PASSWORD = "a long and odd one"
OPERATOR = UserFields(operator=True)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


def operator(world: World) -> User:
    assert world.olga.user is not None
    return world.olga.user


def test_a_new_person_signs_in_and_the_audit_has_no_password(world: World) -> None:
    nina = create_user(world.olga, "nina", PASSWORD, UserFields(email="nina@example.com"))

    assert nina.check_password(PASSWORD)
    assert (nina.is_staff, nina.is_superuser, nina.is_active) == (False, False, True)
    event = last_event()
    assert (event.verb, event.actor_name, event.object_name) == ("create user", "olga", "nina")
    assert PASSWORD not in str(event.after)


@pytest.mark.parametrize(
    ("username", "password", "fields", "field", "words"),
    [
        ("olga", PASSWORD, UserFields(), "username", "already called olga"),
        ("", PASSWORD, UserFields(), "username", "blank"),
        ("not good", PASSWORD, UserFields(), "username", "valid username"),
        ("n" * 151, PASSWORD, UserFields(), "username", "150 characters"),
        ("nina", "short", UserFields(), "password", "too short"),
        ("nina", "password", UserFields(), "password", "too common"),
        ("nina", PASSWORD, UserFields(email="nobody"), "email", "'nobody' is no address"),
        ("nina", PASSWORD, UserFields(first_name="n" * 151), "first_name", "151 characters"),
    ],
)
def test_a_new_person_is_refused_by_field(
    world: World, username: str, password: str, fields: UserFields, field: str, words: str
) -> None:
    before = User.objects.count()

    with pytest.raises(Invalid) as refused:
        create_user(world.olga, username, password, fields)

    assert words in " ".join(refused.value.errors[field])
    assert User.objects.count() == before


def test_an_operator_makes_another_and_may_then_be_locked_out(world: World) -> None:
    assert world.dana.user is not None
    dana = Actor(change_user(world.olga, world.dana.user, OPERATOR))

    locked = change_user(dana, operator(world), replace(OPERATOR, active=False))

    assert (locked.is_active, locked.is_superuser) == (False, True)
    assert last_event().before == {
        "first_name": "",
        "last_name": "",
        "email": "",
        "operator": True,
        "active": True,
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [(UserFields(), "operator"), (replace(OPERATOR, active=False), "active")],
)
def test_the_last_operator_stays_one(world: World, fields: UserFields, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_user(world.olga, operator(world), fields)

    assert refused.value.errors == {
        field: ["olga is the last operator: make somebody else one first."]
    }
    assert User.objects.get(username="olga").is_superuser


def test_what_changes_nothing_is_not_audited(world: World) -> None:
    before = AuditEvent.objects.count()

    change_user(world.olga, operator(world), OPERATOR)

    assert AuditEvent.objects.count() == before


def test_a_new_password_takes_the_place_of_the_old_one(world: World) -> None:
    nina = create_user(world.olga, "nina", PASSWORD, UserFields())

    set_password(world.olga, nina, "quite another one")

    nina.refresh_from_db()
    assert nina.check_password("quite another one")
    event = last_event()
    assert (event.verb, event.before, event.after) == ("set password", None, None)


def test_only_operators_touch_people(world: World) -> None:
    nina = create_user(world.olga, "nina", PASSWORD, UserFields())
    before = AuditEvent.objects.count()

    with pytest.raises(Denied):
        create_user(world.dana, "nils", PASSWORD, UserFields())
    with pytest.raises(Denied):
        change_user(world.dana, nina, OPERATOR)
    with pytest.raises(Denied):
        set_password(world.dana, nina, PASSWORD)

    assert AuditEvent.objects.count() == before
