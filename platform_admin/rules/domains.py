"""Host names and paths that people type: what of them can stand in a router's rule."""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address

import idna

HOST_LENGTH = 253
PATH_LENGTH = 200
WHOLE = "/"
FIRST_S, LONGEST_S, SETTLED_S = 30, 3600, 6 * 3600
_PARTS = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# A last part like this makes browsers take the whole for an IPv4 address (URL Standard, 3.5).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# What the cluster's own resolver answers for, and what every machine takes for itself.
_INSIDE = ("consul", "localhost")


def normal_host(text: str) -> str:
    """The host name as browsers send it: small letters, no dot at its end, other scripts in ASCII.

    What is no host name comes back as it is; `host_error` says what is wrong with it.
    """
    name = text.strip().rstrip(".").lower()
    try:
        return idna.encode(name, uts46=True).decode()
    except idna.IDNAError:
        return name


def host_error(host: str, *, apps_domain: str, reserved: Collection[str]) -> str | None:
    """What is wrong with a domain, as a sentence; None if nothing is.

    `reserved` are Muster's own hosts; the addresses below `apps_domain` are given by name.
    """
    if not host:
        return "A domain is needed, such as www.example.org."
    shape = _shape_error(host)
    if shape:
        return shape
    if _own(host, reserved):
        return f"{host} is Muster's own address: choose another domain."
    apps_domain = normal_host(apps_domain)
    if _below(host, apps_domain):
        return (
            f"{host} is below {apps_domain}, where every web service has its address by its name"
            " already: choose a domain of yours."
        )
    inside = next((each for each in _INSIDE if _below(host, each)), None)
    if inside:
        return f"{host} ends in .{inside}, which nobody has outside: choose a domain of yours."
    return None


def prefix_error(prefix: str) -> str | None:
    """What is wrong with a path below a domain, as a sentence; None if nothing is."""
    if prefix in ("", WHOLE):
        return "A path is needed, such as /api: the rest of the domain has its service already."
    if len(prefix) > PATH_LENGTH:
        return f"The path has {len(prefix)} characters: shorten it to {PATH_LENGTH} or fewer."
    if not _PARTS.fullmatch(prefix):
        return (
            f"{prefix!r} is not a path: write a slash before each part, none at the end, and"
            " letters, digits, dots, hyphens, underscores and tildes, no part beginning with a dot."
        )
    return None


def next_wait_s(waited_s: int, *, settled: bool) -> int:
    """Seconds to the next look at the DNS: each wait twice the one before, until all is well."""
    return SETTLED_S if settled else min(max(FIRST_S, 2 * waited_s), LONGEST_S)


def proof_name(host: str) -> str:
    """The name whose TXT record has to hold a domain's token."""
    return f"_muster.{host}"


def _own(host: str, reserved: Collection[str]) -> bool:
    """Whether the host is one of these; one that begins with a dot stands for all below it too."""
    own = {each.lower().rstrip(".") for each in reserved}
    return host in own or any(_below(host, each[1:]) for each in own if each.startswith("."))


def _below(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _shape_error(host: str) -> str | None:
    if "*" in host:
        return f"{host} stands for many hosts: add each of them by its whole name."
    if "/" in host or ":" in host:
        return f"{host!r} is not a domain: write the name alone, without https://, port or path."
    if _is_address(host):
        return f"{host} is an address: a domain is a name, such as www.example.org."
    labels = host.split(".")
    if len(host) > HOST_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        return (
            f"{host!r} is not a domain: use letters, digits and hyphens with a dot between parts,"
            f" at most 63 characters a part and {HOST_LENGTH} together."
        )
    if len(labels) < 2:
        return f"{host!r} has no dot: write the whole name, such as {host}.example.org."
    if host.startswith("xn--") or ".xn--" in host:
        return _punycode_error(host)
    return None


def _punycode_error(host: str) -> str | None:
    try:
        idna.decode(host)
    except idna.IDNAError:
        return f"{host!r} has a part with xn-- that stands for no name: write it as it is read."
    return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(_NUMBER.fullmatch(host.rpartition(".")[2]))
    return True
