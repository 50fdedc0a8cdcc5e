"""Uploaded certificates, where the edge finds them: below Traefik's root in Consul.

Traefik takes PEM in place of a file's name, and any name in place of a number: so each
certificate has keys of its own, and changing one touches no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from jobs.consul import Consul, Operation, encoded_bytes

ROOT = "traefik/tls/certificates"
_MOST_OPERATIONS = 60
_MOST_BYTES = 400_000
"""Of a transaction as it is sent: Consul takes 512 KiB. The rules let no pair be larger."""


def certificate_tree(name: str, certificate: str, key: str) -> dict[str, str]:
    """Return the keys of one certificate; both are PEM. A name holds no slash."""
    base = f"{ROOT}/muster-{name}"
    return {f"{base}/certFile": certificate, f"{base}/keyFile": key}


def write_certificates(consul: Consul, wanted: Mapping[str, str]) -> bool:
    """Return whether anything had to be written for the edge to have exactly these of Muster's.

    A certificate and its key are never apart: both go in one transaction.
    """
    present = consul.tree(f"{ROOT}/muster-")
    names = sorted({_name(key) for key in present.keys() | wanted.keys()})
    differing = [
        name
        for name in names
        if {key: entry.value for key, entry in present.items() if _name(key) == name}
        != {key: value for key, value in wanted.items() if _name(key) == name}
    ]
    keys = sorted(key for key in present.keys() | wanted.keys() if _name(key) in differing)
    pairs = [[_operation(key, wanted) for key in some] for _, some in groupby(keys, key=_name)]
    for batch in _batches(pairs):
        consul.transact(batch)
    return bool(differing)


def _batches(pairs: Iterable[Sequence[Operation]]) -> Iterator[list[Operation]]:
    """Yield as many certificates at a time as Consul takes in one transaction, at least one."""
    batch: list[Operation] = []
    size = 0
    for pair in pairs:
        adds = sum(encoded_bytes(each) for each in pair)
        if batch and (len(batch) + len(pair) > _MOST_OPERATIONS or size + adds > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch, size = [*batch, *pair], size + adds
    if batch:
        yield batch


def _operation(key: str, wanted: Mapping[str, str]) -> Operation:
    return Operation("set", key, value=wanted[key]) if key in wanted else Operation("delete", key)


def _name(key: str) -> str:
    return key.removeprefix(f"{ROOT}/").partition("/")[0]
