from __future__ import annotations

from dataclasses import asdict

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from platform_admin.models import Membership, Quota, Team
from platform_admin.rules.fields import Errors, collected
from platform_admin.rules.names import app_name_error
from platform_admin.rules.permissions import Permission
from platform_admin.rules.quota import Limits
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.quota import limits_of, locked
from platform_admin.verbs.scope import require, require_operator

LARGEST = 2_000_000_000
NAME_LENGTH = 80


@transaction.atomic
def create_team(
    actor: Actor, *, slug: str, name: str, limits: Limits | None = None, namespace: str = ""
) -> Team:
    """The new team with its quota; its Nomad namespace is its slug unless one is named.

    Invalid: slug, name, and the quota's fields.
    """
    require_operator(actor, Permission.CREATE_TEAM)
    errors = collected([("slug", app_name_error(slug)), ("name", _name_error(name))])
    if limits is not None:
        errors |= _limit_errors(limits)
    if errors:
        raise Invalid(errors)
    team = _insert(Team(slug=slug, name=name, namespace=namespace or slug))
    quota = Quota.objects.create(team=team, **({} if limits is None else asdict(limits)))
    after = {"slug": slug, "namespace": team.namespace, "quota": asdict(limits_of(quota))}
    audit.record(actor, "create team", team, team=team, after=after)
    return team


@transaction.atomic
def add_member(actor: Actor, team: Team, user: User, role: str) -> Membership:
    """The membership of this person, made or changed to this role. Invalid: role."""
    require(actor, team, Permission.MANAGE_MEMBERS)
    if role not in Membership.Role.values:
        known = ", ".join(Membership.Role.values)
        raise Invalid({"role": [f"{role!r} is no role: choose one of {known}."]})
    before = _locked_members(team).filter(user=user).first()
    was = before.role if before else None
    if was == Membership.Role.OWNER != role:
        _keep_an_owner(team, user, "role")
    member, _ = Membership.objects.update_or_create(team=team, user=user, defaults={"role": role})
    _audit_member(actor, "set member", team, user, was, role)
    return member


@transaction.atomic
def remove_member(actor: Actor, team: Team, user: User) -> None:
    """Nothing; the person is no member any more. Invalid: user (the last owner)."""
    require(actor, team, Permission.MANAGE_MEMBERS)
    member = _locked_members(team).filter(user=user).first()
    if member is None:
        raise Unknown(f"{user} is no member of {team}.")
    if member.role == Membership.Role.OWNER:
        _keep_an_owner(team, user, "user")
    member.delete()
    _audit_member(actor, "remove member", team, user, member.role, None)


@transaction.atomic
def change_quota(actor: Actor, team: Team, limits: Limits) -> Quota:
    """The team's quota with new limits; a smaller one takes nothing back.

    Invalid: instances, cpu_mhz, memory_mb, surge_percent.
    """
    require_operator(actor, Permission.CHANGE_QUOTA)
    errors = _limit_errors(limits)
    if errors:
        raise Invalid(errors)
    quota = locked(team)
    before = limits_of(quota)
    for field, value in asdict(limits).items():
        setattr(quota, field, value)
    quota.save(update_fields=list(asdict(limits)))
    audit.record(
        actor, "change quota", quota, team=team, before=asdict(before), after=asdict(limits)
    )
    return quota


def _insert(team: Team) -> Team:
    try:
        with transaction.atomic():
            team.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(
            {"slug": [f"A team or namespace is already called {team.slug}: choose another name."]}
        ) from error
    return team


def _locked_members(team: Team) -> QuerySet[Membership]:
    """The team's members; two changes at once must not take the last two owners."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    return Membership.objects.filter(team=team)


def _keep_an_owner(team: Team, user: User, field: str) -> None:
    owners = Membership.objects.filter(team=team, role=Membership.Role.OWNER)
    if not owners.exclude(user=user).exists():
        raise Invalid({field: [f"{user} is the last owner of {team}: name another one first."]})


def _audit_member(
    actor: Actor, verb: str, team: Team, user: User, before: str | None, after: str | None
) -> None:
    def row(role: str | None) -> dict[str, object] | None:
        return None if role is None else {"user": user.get_username(), "role": role}

    audit.record(actor, verb, team, team=team, before=row(before), after=row(after))


def _name_error(name: str) -> str | None:
    if not name.strip():
        return "A team needs a name that people know it by."
    if len(name) > NAME_LENGTH:
        return f"The name has {len(name)} characters: shorten it to {NAME_LENGTH} or fewer."
    return None


def _limit_errors(limits: Limits) -> Errors:
    return collected(
        (field, f"{value} is out of range: use a number from 0 to {LARGEST}.")
        for field, value in asdict(limits).items()
        if not 0 <= value <= LARGEST
    )
