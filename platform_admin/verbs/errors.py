"""What a verb refuses, named by what its caller shows.

VerbError
├── Unknown   404: it does not exist for this actor
├── Denied    403: it exists, and the actor's role does not allow this
└── Invalid   the input's errors, sentences by field
    ├── NoRoom   the team's quota does not have what this takes
    └── Going    it is being deleted
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class VerbError(Exception):
    """A verb changed nothing, and says why."""


class Unknown(VerbError):
    """The object does not exist for this actor: another team's look the same as none."""


class Denied(VerbError):
    """The actor sees the object, and may not do this to it."""


class Invalid(VerbError):
    """What was given can not be taken; `errors` holds sentences by field."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors: dict[str, list[str]] = {field: list(said) for field, said in errors.items()}
        super().__init__(" ".join(sentence for said in self.errors.values() for sentence in said))


class Going(Invalid):
    """What is being deleted, which nothing changes any more."""

    def __init__(self, what: object) -> None:
        said = f"{what} is being deleted: nothing of it changes any more."
        super().__init__({"deletion": [said]})


class NoRoom(Invalid):
    """The team's quota, or quota and surge, does not have what this takes.

    `figure` names the first one that is short: instances, cpu_mhz or memory_mb.
    """

    def __init__(self, sentence: str, *, field: str = "quota", figure: str = "") -> None:
        super().__init__({field: [sentence]})
        self.sentence = sentence
        self.figure = figure

    def at(self, field: str) -> NoRoom:
        """The same, blamed on another field."""
        return NoRoom(self.sentence, field=field, figure=self.figure)
