"""The logins of resources: their passwords are made here, and opened for the cluster alone."""

from __future__ import annotations

import secrets

from platform_admin.models import Credential, Resource
from platform_admin.rules.sealed import Sealed, open_sealed, seal
from platform_admin.verbs.keys import keys

PASSWORD_BYTES = 24


def credential(resource: Resource, user: str) -> Credential:
    """The resource's login of this name; made with a new password where there is none.

    One that is about to be dropped stays from now on.
    """
    mine = Credential.objects.filter(resource=resource, user=user)
    mine.filter(dropping=True).update(dropping=False)
    found = mine.first()
    if found:
        return found
    sealed = sealed_password(resource.pk, user, new_password())
    # Of two that make it at once both go on with the password of the first.
    row, _ = Credential.objects.get_or_create(
        resource=resource,
        user=user,
        rotation=None,
        defaults={"sealed": sealed.data, "key_id": sealed.key_id},
    )
    return row


def new_password() -> str:
    """A password that nobody has: letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def set_password(resource: Resource, user: str, plain: str) -> Credential:
    """The login with this password, whoever had it before."""
    sealed = sealed_password(resource.pk, user, plain)
    row, _ = Credential.objects.update_or_create(
        resource=resource,
        user=user,
        rotation=None,
        defaults={"sealed": sealed.data, "key_id": sealed.key_id},
    )
    return row


def password(credential: Credential) -> str:
    """The credential's password, opened: for the cluster's Variables alone, never for a page.

    SealError where it does not open.
    """
    sealed = Sealed(credential.key_id, bytes(credential.sealed))
    return open_sealed(
        sealed, keys(), about=_about(credential.resource_id, credential.user)
    ).decode()


def sealed_password(resource_id: int, user: str, plain: str) -> Sealed:
    """A password as its credential's row holds it, for `password`."""
    return seal(plain.encode(), keys(), about=_about(resource_id, user))


def _about(resource_id: int, user: str) -> bytes:
    """What the password is sealed for: its row and field."""
    return f"credential:{resource_id}:{user}:password".encode()
