from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction

from jobs.document import Document, Scope, SecretRef, ServiceDoc
from platform_admin.models import Environment, Rotation, SecretVersion, Service, Variable
from platform_admin.rules.generated import Shape
from platform_admin.rules.permissions import Permission
from platform_admin.verbs import environ, login_rotations
from platform_admin.verbs.actor import Actor
from platform_admin.verbs.drafts import scope_of
from platform_admin.verbs.environ import Within
from platform_admin.verbs.errors import Invalid, Unknown
from platform_admin.verbs.live import live_document
from platform_admin.verbs.rotating import deploy_each, left, record, require_all
from platform_admin.verbs.scope import require
from platform_admin.verbs.secrets import make_version


@transaction.atomic
def rotate(
    actor: Actor, within: Within, service: Service | None, name: str, value: str | Shape
) -> Rotation:
    """The secret's new version, with a deployment wherever something live names the secret.

    It releases what is live with only that version changed. Drafts name it where it came
    through; where it did not, they and what is live keep the version that they had. Unknown: no
    such secret. Invalid: value, length, alphabet, deployment (one is under way).
    """
    require_all(actor, within)
    environ.check_scope(within, service)
    environments = environ.locked(within)
    if name not in environ.secret_names(environ.rows(within, service)):
        raise Unknown(f"There is no secret called {name!r}.")
    version = make_version(actor, within, service, name, value, verb="rotate secret")
    rotation = Rotation.objects.create(version=version, actor=actor.user)
    _deploy(actor, rotation, version, environments)
    return rotation


@transaction.atomic
def rotate_again(actor: Actor, rotation: Rotation) -> Rotation:
    """The rotation with a further deployment in each environment where it did not come through.

    Invalid: rotation (it came through, or a newer one is there), deployment.
    """
    version = rotation.version
    if version is None:
        return login_rotations.again(actor, rotation)
    secret = version.variable
    require(actor, environ.team_of(secret.within), Permission.DEPLOY)
    environments = environ.locked(secret.within)
    newest = secret.versions.order_by("-number").values_list("number", flat=True).first()
    if newest != version.number or secret.removed:
        said = f"{secret} is no longer at version {version.number}: rotate it anew."
        raise Invalid({"rotation": [said]})
    _deploy(actor, rotation, version, left(rotation, environments, str(secret)))
    return rotation


def naming(document: Document, secret: Variable) -> list[ServiceDoc]:
    """The document's services that name the secret, whichever version."""
    scope = scope_of(secret)
    owner = secret.service.name if secret.service else ""
    return [
        doc
        for doc in document.services
        if _names(doc, secret.name, scope) and owner in ("", doc.name)
    ]


def _names(doc: ServiceDoc, name: str, scope: Scope) -> bool:
    found = doc.secrets.get(name)
    return found is not None and found.scope == scope


def _deploy(
    actor: Actor, rotation: Rotation, version: SecretVersion, environments: Iterable[Environment]
) -> None:
    secret = version.variable

    def changed(environment: Environment) -> dict[str, ServiceDoc]:
        docs = naming(live_document(environment), secret)
        return {doc.name: _with(doc, secret, version) for doc in docs}

    note = f"Rotate {secret.name} to version {version.number}"
    deploy_each(actor, rotation, environments, changed, note)
    after = {"name": secret.name, "version": version.number}
    record(actor, secret.within, secret.owner, after)


def _with(doc: ServiceDoc, secret: Variable, version: SecretVersion) -> ServiceDoc:
    ref = SecretRef(scope_of(secret), version.number)
    return replace(doc, secrets={**doc.secrets, secret.name: ref})
