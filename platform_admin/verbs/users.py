from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import IntegrityError, transaction

from platform_admin.rules.fields import Found, collected
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.scope import require_operator

NAME_LENGTH = 150
EMAIL_LENGTH = 254
COLUMNS = ("first_name", "last_name", "email", "is_active", "is_staff", "is_superuser")


@dataclass(frozen=True)
class UserFields:
    """What is known of a person; an operator stands above teams, an inactive one is locked out."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    operator: bool = False
    active: bool = True


@transaction.atomic
def create_user(actor: Actor, username: str, password: str, fields: UserFields) -> User:
    """The new person, who signs in with this password. Invalid by field."""
    require_operator(actor, Permission.OPERATE)
    user = _with(User(username=username), fields)
    _refuse([*_username_found(username), *_found(fields), *_password_found(password, user)])
    user.set_password(password)
    _insert(user)
    after = {"username": username, **asdict(fields)}
    audit.record(actor, "create user", user, team=None, after=after)
    return user


@transaction.atomic
def change_user(actor: Actor, user: User, fields: UserFields) -> User:
    """The person with these fields; the name stays, because the audit tells people by it.

    Invalid by field, also where no active operator would be left.
    """
    require_operator(actor, Permission.OPERATE)
    operators = _locked_operators()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _refuse([*_found(fields), *_last_found(user, fields, operators)])
    before = _fields_of(user)
    if fields == before:
        return user
    _with(user, fields).save(update_fields=COLUMNS)
    audit.record(actor, "change user", user, team=None, before=asdict(before), after=asdict(fields))
    return user


@transaction.atomic
def set_password(actor: Actor, user: User, password: str) -> User:
    """The person with a new password; all their sessions end. Invalid: password."""
    require_operator(actor, Permission.OPERATE)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _refuse(_password_found(password, user))
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(actor, "set password", user, team=None)
    return user


def _with(user: User, fields: UserFields) -> User:
    user.first_name, user.last_name, user.email = fields.first_name, fields.last_name, fields.email
    user.is_active = fields.active
    user.is_staff = user.is_superuser = fields.operator
    return user


def _fields_of(user: User) -> UserFields:
    return UserFields(
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        operator=user.is_superuser,
        active=user.is_active,
    )


def _insert(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        said = f"Somebody is already called {user.username}: choose another name."
        raise Invalid({"username": [said]}) from error


def _locked_operators() -> set[int]:
    """The active operators; two changes at once must not lock out the last two."""
    rows = User.objects.filter(is_superuser=True, is_active=True).order_by("pk")
    return set(rows.select_for_update(no_key=True).values_list("pk", flat=True))


def _last_found(user: User, fields: UserFields, operators: Iterable[int]) -> Found:
    if set(operators) == {user.pk} and not (fields.operator and fields.active):
        field = "active" if fields.operator else "operator"
        yield field, f"{user.username} is the last operator: make somebody else one first."


def _username_found(username: str) -> Found:
    field = User._meta.get_field("username")
    try:
        field.clean(username, None)
    except ValidationError as error:
        yield from (("username", said) for said in error.messages)


def _found(fields: UserFields) -> Found:
    for field, value in (("first_name", fields.first_name), ("last_name", fields.last_name)):
        if len(value) > NAME_LENGTH:
            said = f"This has {len(value)} characters: shorten it to {NAME_LENGTH} or fewer."
            yield field, said
    if len(fields.email) > EMAIL_LENGTH:
        yield "email", f"An address has at most {EMAIL_LENGTH} characters: shorten it."
    elif fields.email and not _is_email(fields.email):
        yield "email", f"{fields.email!r} is no address: write it like name@example.com."


def _is_email(text: str) -> bool:
    try:
        EmailValidator()(text)
    except ValidationError:
        return False
    return True


def _password_found(password: str, user: User) -> Found:
    try:
        validate_password(password, user)
    except ValidationError as error:
        yield from (("password", said) for said in error.messages)


def _refuse(found: Found) -> None:
    if errors := collected(found):
        raise Invalid(errors)
