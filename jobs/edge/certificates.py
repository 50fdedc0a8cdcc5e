"""Uploaded certificates, where the edge finds them: below Traefik's root in Consul.

Traefik takes PEM in place of a file's name, and any name in place of a number: so each
certificate has keys of its own, and changing one touches no other.
"""

from __future__ import annotations

from collections.abc import Mapping

from jobs.consul import Consul, Operation

ROOT = "traefik/tls/certificates"
_MOST_OPERATIONS = 60


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
    for start in range(0, len(differing), _MOST_OPERATIONS // 2):
        some = set(differing[start : start + _MOST_OPERATIONS // 2])
        keys = sorted(key for key in present.keys() | wanted.keys() if _name(key) in some)
        consul.transact([_operation(key, wanted) for key in keys])
    return bool(differing)


def _operation(key: str, wanted: Mapping[str, str]) -> Operation:
    return Operation("set", key, value=wanted[key]) if key in wanted else Operation("delete", key)


def _name(key: str) -> str:
    return key.removeprefix(f"{ROOT}/").partition("/")[0]
