"""The demo's users: an operator, two members of the demo team, somebody of another team."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from platform_admin.models import Membership, Team
from platform_admin.rules.quota import Limits
from platform_admin.verbs.actor import SYSTEM, Actor
from platform_admin.verbs.teams import add_member, create_team

LIMITS = Limits(instances=20, cpu_mhz=4000, memory_mb=4096, surge_percent=25)


@dataclass(frozen=True)
class Person:
    """A demo user; an operator has no team."""

    name: str
    team: str
    role: str
    says: str


PEOPLE = (
    Person("olga", "", "", "operator"),
    Person("dana", "demo", Membership.Role.OWNER, "owner of team demo"),
    Person("dev", "demo", Membership.Role.DEVELOPER, "developer of team demo"),
    Person("ella", "other", Membership.Role.OWNER, "owner of team other"),
)


@transaction.atomic
def people() -> dict[str, str]:
    """Everybody's password by name; users and teams are made where they are missing."""
    passwords, fresh = _passwords()
    for person in PEOPLE:
        user = _user(person, passwords[person.name], renew=person.name in fresh)
        if person.team:
            team = Team.objects.filter(slug=person.team).first() or _team(person.team)
            if not Membership.objects.filter(team=team, user=user).exists():
                add_member(SYSTEM, team, user, person.role)
    return passwords


def actor(name: str) -> Actor:
    """The demo user as the caller of a verb."""
    return Actor(User.objects.get(username=name))


def _team(slug: str) -> Team:
    return create_team(SYSTEM, slug=slug, name=f"Team {slug}", limits=LIMITS)


def _user(person: Person, password: str, *, renew: bool) -> User:
    """The person's user; with a new password only where the old one is not known any more."""
    user, new = User.objects.get_or_create(
        username=person.name,
        defaults={"is_staff": not person.team, "is_superuser": not person.team},
    )
    if new or renew:
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _passwords() -> tuple[dict[str, str], set[str]]:
    """The passwords, made once and kept where only Muster's user reads them; which are new."""
    path = Path(settings.MUSTER_STATE) / "demo-users.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {person.name for person in PEOPLE} - known.keys()
    if fresh:
        known |= {name: secrets.token_urlsafe(9) for name in fresh}
        _write(path, json.dumps(known))
    return known, fresh


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all, readable for its owner alone from the first moment."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)
