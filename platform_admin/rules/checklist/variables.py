"""Whether all variables are set: links resolve, nothing is empty, what runs has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from jobs.document import LinkDoc, ServiceDoc
from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import Facts, ServiceFacts, Value
from platform_admin.rules.checklist.words import count, listed
from platform_admin.rules.names import RESERVED_PREFIXES, RESERVED_VARIABLES

QUESTION = "Are all variables set?"
_REFERENCE = re.compile(r"\$\{(\w+)\}")


def variables(facts: Facts) -> Answer:
    """Yes where each value, link and reference of the draft leads to something that is live too."""
    faults = [
        *_empty(facts),
        *(fault for each in facts.services for fault in _of_service(each, facts)),
    ]
    links = sum(len(each.doc.links) for each in facts.services)
    well = (
        f"{count(len(facts.values), 'variable')}, {count(facts.secrets, 'secret')} and"
        f" {count(links, 'link')}: each has a value, and nothing that is live lacks one."
    )
    return answered(QUESTION, faults, well)


def _empty(facts: Facts) -> Iterator[Fault]:
    for value in facts.values:
        if not value.value.strip():
            yield Fault(f"{value.name} of {value.whose} is empty", variables_of(value))


def _of_service(each: ServiceFacts, facts: Facts) -> Iterator[Fault]:
    for link in each.doc.links:
        if why := _unresolved(link, facts):
            yield Fault(f"{each.name}: {link.variable} {why}", Place("service_settings", each.name))
    for name, wanted in _unknown(each.doc):
        said = f"{each.name}: {name} refers to {wanted}, which is not set anywhere"
        yield Fault(said, Place("service_variables", each.name))
    if each.live is not None and (missing := sorted(_names(each.doc) - _names(each.live))):
        said = f"{each.name} runs without {listed(missing)} until the draft is deployed"
        yield Fault(said, Place("plan"))


def _unresolved(link: LinkDoc, facts: Facts) -> str:
    """What keeps a link from having a value, "" where it has one."""
    if any(each.name == link.target for each in facts.resources):
        return ""
    target = next((each for each in facts.services if each.name == link.target), None)
    if target is None:
        return f"leads to {link.target}, which does not exist"
    if not target.listens:
        return f"leads to {link.target}, which has no port"
    return "" if facts.private else f"leads to {link.target}, but no edge is known to lead there"


def _unknown(doc: ServiceDoc) -> Iterator[tuple[str, str]]:
    """The variables that refer to a name which nothing sets, with that name."""
    for name, value in doc.variables.items():
        for wanted in _REFERENCE.findall(value):
            own = wanted in RESERVED_VARIABLES or wanted.startswith(RESERVED_PREFIXES)
            if not own and wanted not in _names(doc):
                yield name, wanted


def _names(doc: ServiceDoc) -> set[str]:
    links: Mapping[str, LinkDoc] = {link.variable: link for link in doc.links}
    return {*doc.variables, *doc.secrets, *links}


def variables_of(value: Value) -> Place:
    """Where the value is changed: among those of its service, its environment or its app."""
    if value.owner:
        return Place("service_variables", value.owner)
    return Place("app_variables" if value.of_app else "variables")
