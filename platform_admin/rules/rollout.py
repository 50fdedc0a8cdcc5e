from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Colour = Literal["blue", "green"]

BLUE: Colour = "blue"
GREEN: Colour = "green"
WHOLE = Fraction(1)


def other(colour: Colour) -> Colour:
    """The colour that is not `colour`."""
    return GREEN if colour == BLUE else BLUE


@dataclass(frozen=True)
class ColourRow:
    """What the platform knows of one of a service's two jobs.

    `acknowledged` is the count that Nomad last confirmed, None while a post's answer is out;
    `at_most` is how many may run meanwhile; `stand_by` is how many run without a share.
    """

    colour: Colour
    acknowledged: int | None = 0
    acknowledged_at: float = 0.0
    at_most: int = 0
    mark: int = 0
    index: int = 0
    release: int | None = None
    verified: bool = False
    bears_slug: bool = False
    stand_by: int = 0


@dataclass(frozen=True)
class RolloutRow:
    """Where a service stands between its colours: `at` and `next` are the new one's shares.

    `before` is what was live when the deployment under way took the service: the way back.
    """

    live: Colour | None = None
    before: Colour | None = None
    new: Colour = BLUE
    at: Fraction = Fraction(0)
    next: Fraction = Fraction(0)
    moving: bool = False
    state: str = "rest"
    state_at: float = 0.0
    deployment: int | None = None
    hold: int = 0
    version: int = 0
