"""Whether the release command was tested in another environment of the app."""

from __future__ import annotations

from platform_admin.rules.checklist.answer import Answer, Fault, Place, answered
from platform_admin.rules.checklist.facts import CommandRan, Facts, ServiceFacts, source_of
from platform_admin.rules.checklist.words import count, listed

QUESTION = "Was the release command tested in another environment?"


def commands(facts: Facts) -> Answer | None:
    """Yes where each command of the draft succeeded elsewhere; None where there is no command."""
    having = [each for each in facts.services if each.doc.release_command]
    if not having:
        return None
    ran = [(each, _elsewhere(each, facts)) for each in having]
    faults = [_fault(each, facts) for each, found in ran if found is None]
    said = [_said(each, found) for each, found in ran if found is not None]
    return answered(QUESTION, faults, f"{'. '.join(said)}.")


def _elsewhere(each: ServiceFacts, facts: Facts) -> CommandRan | None:
    """The newest run of the same command, one of the same program before others."""
    found = [
        ran
        for ran in facts.elsewhere
        if (ran.service, ran.command) == (each.name, each.doc.release_command)
    ]
    same = [ran for ran in found if ran.source == source_of(each.doc)]
    return next(iter(same or found), None)


def _said(each: ServiceFacts, ran: CommandRan) -> str:
    same = "" if ran.source == source_of(each.doc) else ", with another archive or image"
    where = f"deployment {ran.deployment} of {ran.environment}"
    return f"The command of {each.name} succeeded in {where}{same}"


def _fault(each: ServiceFacts, facts: Facts) -> Fault:
    if not facts.environments:
        said = f"{each.name}: its command ran nowhere else, as the app has no other environment"
        return Fault(said, Place("new_environment"))
    others = listed(facts.environments)
    asked = count(len(facts.environments), "other environment")
    said = f"{each.name}: its command succeeded in none of {asked} ({others})"
    return Fault(said, Place("app"))
