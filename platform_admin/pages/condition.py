"""How one part of Muster is: a shape, a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """One part of Muster: its state's shape and word, and a sentence."""

    name: str
    look: str
    word: str
    sentence: str


def well(name: str, sentence: str) -> Condition:
    """A part that does what it should."""
    return Condition(name, "healthy", "well", sentence)


def slow(name: str, sentence: str) -> Condition:
    """A part that is there and does not keep up."""
    return Condition(name, "degraded", "behind", sentence)


def broken(name: str, sentence: str) -> Condition:
    """A part that is not there."""
    return Condition(name, "failed", "away", sentence)
