"""What an environment's checklist says: a question, yes or no, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Word = Literal["yes", "no", "not yet known"]
Door = Literal[
    "plan",
    "app",
    "app_variables",
    "releases",
    "variables",
    "new_environment",
    "status",
    "resource",
    "service",
    "service_settings",
    "service_scaling",
    "service_variables",
]

MOST_SAID = 3


@dataclass(frozen=True)
class Place:
    """A page where something is mended; `name` is the service or resource that it is of."""

    door: Door
    name: str = ""


@dataclass(frozen=True)
class Fault:
    """Why an answer is no, as half a sentence that begins with a name, and where it is mended."""

    said: str
    where: Place


@dataclass(frozen=True)
class Answer:
    """A question with its answer, the evidence in a sentence, and the pages that mend it."""

    question: str
    word: Word
    evidence: str
    where: tuple[Place, ...] = ()


def answered(
    question: str, faults: Sequence[Fault], well: str, unknown: str = "", where: Place | None = None
) -> Answer:
    """No where there are faults, not yet known where `unknown` says why, else yes with `well`.

    `where` is looked at while nothing is known.
    """
    if faults:
        said = [fault.said for fault in faults[:MOST_SAID]]
        more = len(faults) - len(said)
        rest = f"; and {more} more" if more else ""
        places = tuple(dict.fromkeys(fault.where for fault in faults[:MOST_SAID]))
        return Answer(question, "no", f"{'; '.join(said)}{rest}.", places)
    if unknown:
        return Answer(question, "not yet known", unknown, (where,) if where else ())
    return Answer(question, "yes", well)
