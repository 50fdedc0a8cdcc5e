"""Whether services find each other by links: no value holds an address that a link would give."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platform_admin.rules.checklist.answer import Answer, Fault, answered
from platform_admin.rules.checklist.facts import Facts, Value
from platform_admin.rules.checklist.variables import variables_of
from platform_admin.rules.checklist.words import count

QUESTION = "Do services reach each other by links?"
_INSIDE = (
    re.compile(r"[\w.-]*\.(?:query|service)\.consul(?::\d+)?", re.IGNORECASE),
    re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):\d+", re.IGNORECASE),
    re.compile(r"(?<=://)(?:[^/\s@]*@)?(?:127\.0\.0\.1|localhost|\[::1\])(?=[/\s]|$)", re.I),
    re.compile(r"(?<=@)(?:127\.0\.0\.1|localhost|\[::1\])", re.IGNORECASE),
)
"""Addresses that lead to something of the cluster, whoever it is; a bare 127.0.0.1 is a place to
listen."""


def paths(facts: Facts) -> Answer:
    """Yes where no plain value of the draft holds a service's or resource's address by hand."""
    faults = [
        Fault(
            f"{value.name} of {value.whose} has {found} typed in: a link would give it",
            variables_of(value),
        )
        for value in facts.values
        if (found := typed_address(value, facts))
    ]
    links = sum(len(each.doc.links) for each in facts.services)
    by = f"{count(links, 'link')} give" if links != 1 else "1 link gives"
    none = f"no internal address was found in {count(len(facts.values), 'variable')}"
    well = f"{by} the addresses, and {none}." if links else f"No service has a link, and {none}."
    return answered(QUESTION, faults, well)


def typed_address(value: Value, facts: Facts) -> str:
    """The internal address in a plain value, with whose it is where that is known; else ""."""
    text = _without_own(value, facts)
    for name, slug in _slugs(facts):
        if named := _slug_in(slug, text, facts.apps_domain):
            return f"{named} ({name}'s)"
    for name, address in _addresses(facts):
        if address and re.search(rf"(?<![\w.]){re.escape(address)}(?!\d)", text):
            return f"{address} ({name}'s)"
    hits = (found for pattern in _INSIDE if (found := pattern.search(text)))
    # A password may stand before the host.
    return next((hit.group().rpartition("@")[2] for hit in hits), "")


def _without_own(value: Value, facts: Facts) -> str:
    """The value without the service's own name: it may say where it is reached itself."""
    own = next((each.slug for each in facts.services if each.name == value.owner), "")
    if not own:
        return value.value
    return re.sub(
        rf"{_bounded(own)}(?:\.{re.escape(facts.apps_domain)}(?::\d+)?)?", "", value.value
    )


def _slugs(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.slug) for each in facts.services)
    yield from ((each.name, each.slug) for each in facts.resources)


def _addresses(facts: Facts) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.address) for each in facts.resources)
    yield from ((each.name, at) for each in facts.services for at in each.addresses)
    yield "the edge", facts.private


def _slug_in(slug: str, text: str, domain: str) -> str:
    found = re.search(rf"{_bounded(slug)}(?:\.{re.escape(domain)})?", text)
    return found.group() if found else ""


def _bounded(slug: str) -> str:
    return rf"(?<![a-z0-9-]){re.escape(slug)}(?![a-z0-9-])"
