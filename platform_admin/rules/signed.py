"""A service's name as the edge hands it on, so that nobody else can ask in the edge's place."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

SALT = "muster.fallback"


def signed(slug: str, key: str) -> str:
    """The slug with Muster's signature; the same one as long as the secret key is."""
    return f"{slug}:{_signature(slug, key)}"


def slug_of(value: str, key: str) -> str | None:
    """The slug that was signed with this key, None where none was."""
    slug, _, signature = value.rpartition(":")
    given, right = signature.encode(), _signature(slug, key).encode()
    return slug if hmac.compare_digest(given, right) else None


def _signature(slug: str, key: str) -> str:
    """An HMAC as Django's `Signer` makes it, whose signatures stand in Consul."""
    own = sha256(f"{SALT}signer{key}".encode()).digest()
    made = hmac.digest(own, slug.encode(), "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
