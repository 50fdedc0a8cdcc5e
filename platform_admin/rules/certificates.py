"""Certificates that people upload: what they say, and whether they serve for a domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

LARGEST_BYTES = 64 * 1024
WARNED = timedelta(days=14)
"""So long before its end a certificate is spoken of."""
NO_CERTIFICATE = (
    "This is no certificate in PEM: paste all of the file, from -----BEGIN CERTIFICATE----- on."
)

KEY_IN_CERTIFICATE = (
    "There is a private key in it, which would stand readable: paste the certificates here, and the"
    " key below."
)


@dataclass(frozen=True)
class Certificate:
    """What a certificate says: for which names it is, and from when to when."""

    names: tuple[str, ...]
    begins_at: datetime
    ends_at: datetime

    def covers(self, host: str) -> bool:
        """Whether it is for this host; a star stands for exactly one part."""
        starred = "*." + host.partition(".")[2]
        return host in self.names or starred in self.names


@dataclass(frozen=True)
class Pair:
    """A certificate, with those of its issuers behind it, and its key; both in PEM."""

    certificate: str
    key: str


def certificate_errors(pair: Pair, host: str, now: datetime) -> dict[str, list[str]]:
    """What keeps a certificate from serving for a host, sentences by field; empty if nothing."""
    for field, text in (("certificate", pair.certificate), ("key", pair.key)):
        if len(text.encode()) > LARGEST_BYTES:
            return {field: [f"This is more than {LARGEST_BYTES // 1024} KiB: paste PEM alone."]}
    if "PRIVATE KEY" in pair.certificate:
        return {"certificate": [KEY_IN_CERTIFICATE]}
    try:
        first, *_ = x509.load_pem_x509_certificates(pair.certificate.encode())
        found = _read(first)
    except ValueError:
        return {"certificate": [NO_CERTIFICATE]}
    said = _unfit(found, host, now)
    if said:
        return {"certificate": [said]}
    said = _key_error(pair.key, first)
    return {"key": [said]} if said else {}


def read_certificate(pem: str) -> Certificate:
    """What the first certificate of a PEM says; ValueError where there is none."""
    return _read(x509.load_pem_x509_certificates(pem.encode())[0])


def _read(one: x509.Certificate) -> Certificate:
    try:
        found: Iterable[str] = one.extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        ).value.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        found = ()
    names = tuple(name.lower() for name in found)
    return Certificate(names, one.not_valid_before_utc, one.not_valid_after_utc)


def _unfit(found: Certificate, host: str, now: datetime) -> str | None:
    if not found.covers(host):
        names = ", ".join(found.names) or "no name at all"
        return f"This certificate is for {names}, not for {host}: paste the one for {host}."
    if found.ends_at <= now:
        return (
            f"This certificate ended on {found.ends_at:%-d %B %Y}: paste the one that follows it."
        )
    if found.begins_at > now:
        return f"This certificate is valid from {found.begins_at:%-d %B %Y} on: paste it then."
    return None


def _key_error(pem: str, certificate: x509.Certificate) -> str | None:
    try:
        public = load_pem_private_key(pem.encode(), password=None).public_key()
    except TypeError:
        return "This key is encrypted: paste it without a passphrase; Muster keeps it encrypted."
    except (ValueError, UnsupportedAlgorithm):
        return "This is no private key in PEM: paste all of the file, from -----BEGIN on."
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if public.public_bytes(*form) != certificate.public_key().public_bytes(*form):
        return "This key belongs to another certificate: paste the two that were made together."
    return None
