"""Rotating the logins of a resource: new ones beside the old ones, until all services have them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction

from jobs.document import Document, ServiceDoc
from jobs.resources.postgres import logins
from platform_admin.models import Credential, Environment, Resource, Rotation
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import audit
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.credentials import new_password, sealed_password
from platform_admin.verbs.errors import Invalid
from platform_admin.verbs.external import login_errors
from platform_admin.verbs.live import live_document
from platform_admin.verbs.locks import locked_environment, staying_resource
from platform_admin.verbs.logins import before, coming, each_its_own, today
from platform_admin.verbs.rotating import deploy_each, left, record, require_all
from platform_admin.verbs.scope import require


@dataclass(frozen=True)
class Typed:
    """Another login of a server that runs elsewhere, as a person typed it."""

    user: str = ""
    password: str = field(default="", repr=False)


@transaction.atomic
def rotate_logins(actor: Actor, resource: Resource, typed: Typed | None = None) -> Rotation:
    """The rotation: each linked service that is live gets another login, by one deployment.

    Of a postgres that Muster runs it makes them; of what runs elsewhere the typed one is taken.
    What was live goes on with the old ones until the deployment came through, and where it does
    not. Invalid: user, password, rotation (it has no logins that turn, no service has one, or
    one before is still valid), deployment (one is under way).
    """
    require_all(actor, resource.environment)
    environment = locked_environment(resource.environment)
    resource = staying_resource(resource)
    _refuse(resource)
    services = [doc.name for doc in linked(live_document(environment), resource)]
    _forget_untaken(resource, [""] if resource.external else services)
    rotation = Rotation.objects.create(resource=resource, actor=actor.user)
    if resource.external:
        _take(resource, rotation, typed or Typed())
    else:
        _make(resource, rotation, services)
    audit.record(actor, "rotate logins", resource, team=environment.app.team)
    _deploy(actor, rotation, resource, [environment])
    return rotation


@transaction.atomic
def again(actor: Actor, rotation: Rotation) -> Rotation:
    """The rotation with a further deployment. Invalid: rotation, deployment."""
    assert rotation.resource is not None
    require(actor, rotation.resource.environment.app.team, Permission.DEPLOY)
    environment = locked_environment(rotation.resource.environment)
    resource = staying_resource(rotation.resource)
    newest = resource.rotations.order_by("-pk").first()
    if newest != rotation or not rotation.credentials.exists():
        said = f"The login of {resource.name} was changed since: rotate it anew."
        raise Invalid({"rotation": [said]})
    environments = left(rotation, [environment], f"The login of {resource.name}")
    if not resource.external:
        had = set(rotation.credentials.values_list("user", flat=True))
        docs = linked(live_document(environment), resource)
        _make(resource, rotation, [doc.name for doc in docs if had.isdisjoint(logins(doc.name))])
    _deploy(actor, rotation, resource, environments)
    return rotation


def can_rotate(resource: Resource) -> bool:
    """Whether its logins can take turns: Muster makes them, or somebody types another one."""
    return resource.external or each_its_own(resource)


def linked(document: Document, resource: Resource) -> list[ServiceDoc]:
    """The document's services that get something of the resource by a link."""
    return [
        doc for doc in document.services if any(link.target == resource.name for link in doc.links)
    ]


def _refuse(resource: Resource) -> None:
    """Raises Invalid where its logins can not take turns now."""
    if not can_rotate(resource):
        said = f"All services share the one login of {resource.name}: it can not take turns."
        raise Invalid({"rotation": [said]})
    if resource.external:
        return
    docs = linked(live_document(resource.environment), resource)
    if not docs:
        said = f"No service that is live has a login of {resource.name}: there is none to rotate."
        raise Invalid({"rotation": [said]})
    still = [row.user for doc in docs for row in before(resource, doc.name)]
    if still:
        said = (
            f"{', '.join(still)} of the rotation before is still valid: it goes about a minute"
            " after nothing runs with it any more. Try again then."
        )
        raise Invalid({"rotation": [said]})


def _forget_untaken(resource: Resource, services: Iterable[str]) -> None:
    """Forget the logins of a rotation that never came through: nothing live has them."""
    untaken = [coming(resource, name) for name in services]
    resource.credentials.filter(pk__in=[row.pk for row in untaken if row is not None]).delete()


def _make(resource: Resource, rotation: Rotation, services: Iterable[str]) -> None:
    """A login each with a password that nobody has: of its two names the one not in use."""
    resource = staying_resource(resource)
    for service in services:
        now = today(resource, service)
        first, second = logins(service)
        _seal(resource, rotation, second if now and now.user == first else first, new_password())


def _take(resource: Resource, rotation: Rotation, typed: Typed) -> None:
    now = today(resource, "")
    user = typed.user or (now.user if now else "")
    if found := login_errors(user, typed.password):
        raise Invalid(found)
    _seal(resource, rotation, user, typed.password)


def _seal(resource: Resource, rotation: Rotation, user: str, plain: str) -> None:
    sealed = sealed_password(resource.pk, user, plain)
    Credential.objects.create(
        resource=resource, user=user, rotation=rotation, sealed=sealed.data, key_id=sealed.key_id
    )


def _deploy(
    actor: Actor, rotation: Rotation, resource: Resource, environments: list[Environment]
) -> None:
    def same(environment: Environment) -> dict[str, ServiceDoc]:
        return {doc.name: doc for doc in linked(live_document(environment), resource)}

    note = f"Rotate the login of {resource.name}"
    deploy_each(actor, rotation, environments, same, note)
    record(actor, resource.environment, resource, {"name": resource.name})
