from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
TAG_BYTES = 16
KEY_BYTES = 32


class SealError(Exception):
    """A sealed value can not be opened, or the keys can not be read."""


@dataclass(frozen=True)
class Keys:
    """The encryption keys by their id; the first one seals, all open."""

    first: str
    by_id: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True)
class Sealed:
    """A value that only the named key opens, and only for what it was sealed for."""

    key_id: str
    data: bytes


def parse_keys(text: str) -> Keys:
    """The keys of `id:base64[,id:base64]`, each of 32 bytes; SealError where it is not so."""
    pairs = [entry.strip().partition(":") for entry in text.split(",") if entry.strip()]
    keys = {key_id: _key(key_id, encoded) for key_id, _, encoded in pairs}
    if not keys or len(keys) != len(pairs) or "" in keys:
        raise SealError("MUSTER_ENCRYPTION_KEYS needs id:base64key, each id once.")
    return Keys(first=pairs[0][0], by_id=keys)


def seal(plain: bytes, keys: Keys, *, about: bytes) -> Sealed:
    """`plain` encrypted by AES-GCM under the first key; `about` names its row and field."""
    nonce = os.urandom(NONCE_BYTES)
    box = AESGCM(keys.by_id[keys.first])
    return Sealed(keys.first, nonce + box.encrypt(nonce, plain, about))


def open_sealed(sealed: Sealed, keys: Keys, *, about: bytes) -> bytes:
    """The plain bytes; SealError for an unknown key, another row, or changed bytes."""
    key = keys.by_id.get(sealed.key_id)
    if key is None:
        raise SealError(f"There is no key {sealed.key_id!r} in MUSTER_ENCRYPTION_KEYS any more.")
    nonce, data = sealed.data[:NONCE_BYTES], sealed.data[NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, data, about)
    except (InvalidTag, ValueError) as error:
        raise SealError(f"The value sealed with key {sealed.key_id!r} does not open.") from error


def plain_bytes(sealed_bytes: int) -> int:
    """How many bytes a sealed value of this length holds."""
    return max(0, sealed_bytes - NONCE_BYTES - TAG_BYTES)


def _key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as error:
        raise SealError(f"Key {key_id!r} is not base64.") from error
    if len(key) != KEY_BYTES:
        raise SealError(f"Key {key_id!r} has {len(key)} bytes, {KEY_BYTES} are needed.")
    return key
