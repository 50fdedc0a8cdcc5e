"""When a rotated secret's new version is what drafts name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Attempt:
    """One deployment of a rotation: in which environment, and whether it can fail no more."""

    environment: int
    through: bool


def counts(attempts: Sequence[Attempt], environment: int) -> bool:
    """Whether the environment's draft names the new version: once it came through there.

    An environment in which nothing live had to change takes it when all others have it.
    """
    here = [each for each in attempts if each.environment == environment]
    if here:
        return any(each.through for each in here)
    return not lacking(attempts)


def lacking(attempts: Sequence[Attempt]) -> set[int]:
    """The environments in which it was tried and has not come through."""
    return {each.environment for each in attempts} - {
        each.environment for each in attempts if each.through
    }
