"""The questions that an environment answers by itself, each from facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from platform_admin.rules.checklist.answer import Answer
from platform_admin.rules.checklist.commands import commands
from platform_admin.rules.checklist.facts import Facts
from platform_admin.rules.checklist.health import health
from platform_admin.rules.checklist.monitoring import monitoring
from platform_admin.rules.checklist.paths import paths
from platform_admin.rules.checklist.resources import resources
from platform_admin.rules.checklist.rollback import rollback
from platform_admin.rules.checklist.scaling import scaling
from platform_admin.rules.checklist.secrets import secrets
from platform_admin.rules.checklist.targets import targets
from platform_admin.rules.checklist.variables import variables
from platform_admin.rules.checklist.workers import workers

QUESTIONS: tuple[Callable[[Facts], Answer | None], ...] = (
    targets,
    variables,
    secrets,
    resources,
    paths,
    health,
    monitoring,
    commands,
    rollback,
    workers,
    scaling,
)


def answers(facts: Facts) -> tuple[Answer, ...]:
    """The answers in the order of the questions, without those that do not apply here.

    None at all where there is no service: each would be a yes about nothing.
    """
    if not facts.services:
        return ()
    found = (ask(facts) for ask in QUESTIONS)
    return tuple(answer for answer in found if answer is not None)


def tally(found: Sequence[Answer]) -> str:
    """How they went, in words: "9 of 11 answered yes"; "" for none."""
    if not found:
        return ""
    yes = sum(answer.word == "yes" for answer in found)
    return f"{yes} of {len(found)} answered yes"
